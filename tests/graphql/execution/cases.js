// Schemas, documents and variables from a seed.
'use strict';

const g = require('graphql');
const { dice } = require('./dice.js');

const leaves = ['Int', 'Float', 'String', 'Boolean', 'ID', 'E', 'Any'];
const inputs = ['Int', 'Float', 'String', 'Boolean', 'ID', 'E', 'I', 'O', 'Any'];

function wrapped(d, name, list_chance) {
  let out = name;
  if (d.percent(25)) out += '!';
  for (let i = 0; i < 2 && d.percent(list_chance); ++i) {
    out = `[${out}]`;
    if (d.percent(35)) out += '!';
  }
  return out;
}

const defaults = {
  Int: '7', Float: '1.5', String: '"dé\\"f"', Boolean: 'true', ID: '"x"', E: 'B',
  I: '{b: "q", c: [1]}', O: '{x: 2}', Any: '{k: [1, "v"]}',
};

function argument(d, i) {
  const name = d.one_of(inputs);
  const type = wrapped(d, name, 20);
  const by_default = d.percent(30) ? ` = ${defaults[name]}` : '';
  return `a${i}: ${type}${by_default}`;
}

function field(d, name, composites) {
  const type = d.percent(55) ? d.one_of(leaves) : d.one_of(composites);
  const count = d.percent(40) ? 1 + d.below(2) : 0;
  const list = [];
  for (let i = 0; i < count; ++i) list.push(argument(d, i));
  return `${name}${list.length ? `(${list.join(', ')})` : ''}: ${wrapped(d, type, 35)}`;
}

function make_schema(d) {
  const objects = ['T0', 'T1', 'T2', 'T3'];
  const composites = [...objects, 'N', 'U'];
  const shared = [field(d, 'n0', composites), field(d, 'n1', composites)];
  const fields = (count) => {
    const out = [];
    for (let i = 0; i < count; ++i) out.push(field(d, 'f' + i, composites));
    return out;
  };
  const type = (name, list) => `type ${name} {\n  ${list.join('\n  ')}\n}`;
  return [
    'scalar Any',
    'enum E { A B C }',
    'input I { a: Int = 3, b: String!, c: [Float!], e: E = B, n: I }',
    'input O @oneOf { x: Int, y: String }',
    `interface N {\n  ${shared.join('\n  ')}\n}`,
    'union U = T1 | T2 | T3',
    ...objects.map((o, i) => type(i < 3 ? `${o} implements N` : o, [...(i < 3 ? shared : []), ...fields(3)])),
    type('Query', fields(6)),
    type('Mutation', fields(4)),
  ].join('\n');
}

// A literal for an input type, now and then of another kind.
function literal(d, type, maker, depth = 0) {
  if (g.isNonNullType(type)) return literal(d, type.ofType, maker, depth);
  if (maker && d.percent(20)) return maker.variable(type);
  if (d.percent(10)) return 'null';
  if (g.isListType(type)) {
    if (d.percent(20)) return literal(d, type.ofType, null, depth + 1);
    const out = [];
    for (let i = d.below(3); i > 0; --i) out.push(literal(d, type.ofType, maker, depth + 1));
    return `[${out.join(', ')}]`;
  }
  switch (type.name) {
    case 'Int': return String(d.below(100) - 50);
    case 'Float': return d.one_of(['1', '2.5', '-1e3', '123456789012']);
    case 'String': return d.one_of(['"text"', '"üß\\n"', '""']);
    case 'Boolean': return d.one_of(['true', 'false']);
    case 'ID': return d.one_of(['"id"', '42']);
    case 'E': return d.one_of(['A', 'B', 'C']);
    case 'O': return d.one_of(['{x: 1}', '{y: "z"}']);
    case 'I': return `{b: "i"${d.percent(40) ? ', a: ' + d.below(9) : ''}${d.percent(30) && depth < 3 ? ', n: ' + literal(d, type, maker, depth + 1) : ''}}`;
    default: return d.one_of(['1', '"s"', '{k: E}', '[1, {a: null}]']);
  }
}

// The JSON of a variable, now and then wrong.
function json(d, type, depth = 0) {
  if (d.percent(4)) return d.one_of([null, 'word', 1.5, 4000000000, true, [], {}, { b: 5, z: 1 }, [1, 'a', [2]]]);
  if (g.isNonNullType(type)) return json(d, type.ofType, depth);
  if (d.percent(8)) return null;
  if (g.isListType(type)) {
    if (d.percent(20)) return json(d, type.ofType, depth + 1);
    const out = [];
    for (let i = d.below(3); i > 0; --i) out.push(json(d, type.ofType, depth + 1));
    return out;
  }
  switch (type.name) {
    case 'Int': return d.percent(90) ? d.below(100) - 50 : 2.0;
    case 'Float': return d.one_of([1, 2.5, 1e21, -0.000001]);
    case 'String': return d.one_of(['text', 'üß\n', '']);
    case 'Boolean': return d.percent(50);
    case 'ID': return d.one_of(['id', 42]);
    case 'E': return d.percent(90) ? d.one_of(['A', 'B', 'C']) : d.one_of(['AA', 'D', 3]);
    case 'O': return d.one_of([{ x: 1 }, { y: 'z' }, { x: null }, { x: 1, y: 'b' }, {}]);
    case 'I': {
      const out = d.percent(92) ? { b: 'i' } : { bb: 'i' };
      if (d.percent(40)) out.a = json(d, g.GraphQLInt, depth + 1);
      if (d.percent(30) && depth < 3) out.n = json(d, type, depth + 1);
      return out;
    }
    default: return d.one_of([1, 's', { k: [1, null] }, [true]]);
  }
}

class document_maker {
  constructor(schema, d) {
    this.schema = schema;
    this.d = d;
    this.fragments = [];
    this.variables = [];
    this.given = {};
  }

  make() {
    const { d } = this;
    const kind = d.percent(20) ? 'mutation' : 'query';
    const set = this.set(this.schema.getRootType(kind), 2 + d.below(3));
    const head = this.variables.length ? `(${this.variables.join(', ')})` : '';
    return { text: [`${kind}${head} ${set}`, ...this.fragments].join('\n'), variables: this.given };
  }

  variable(type) {
    const { d } = this;
    const name = 'v' + this.variables.length;
    const nullable = g.getNullableType(type);
    const shown = d.percent(30) ? `${nullable}!` : String(type);
    const by_default = !shown.endsWith('!') && d.percent(30) ? ` = ${literal(d, nullable, null)}` : '';
    this.variables.push(`$${name}: ${shown}${by_default}`);
    if (d.percent(80)) this.given[name] = json(d, type);
    return '$' + name;
  }

  condition() {
    const { d } = this;
    if (!d.percent(12)) return '';
    const when = d.percent(50) ? d.one_of(['true', 'false']) : this.variable(new g.GraphQLNonNull(g.GraphQLBoolean));
    return ` @${d.one_of(['skip', 'include'])}(if: ${when})`;
  }

  set(type, depth) {
    const out = [];
    for (let i = 1 + this.d.below(5); i > 0; --i) out.push(this.selection(type, depth));
    return `{ ${out.join(' ')} }`;
  }

  selection(type, depth) {
    const { d } = this;
    if (d.percent(8)) return d.one_of(['__typename', 't: __typename']);
    const part = g.isUnionType(type) ? 100 : d.percent(85) ? 0 : 100;
    if (part === 0) return this.field(type, depth);
    const inner = this.narrowed(type);
    if (d.percent(50)) return `... on ${inner.name}${this.condition()} ${this.set(inner, depth)}`;
    const name = 'F' + this.fragments.length;
    this.fragments.push('');
    const at = this.fragments.length - 1;
    this.fragments[at] = `fragment ${name} on ${inner.name} ${this.set(inner, depth)}`;
    return `...${name}${this.condition()}`;
  }

  narrowed(type) {
    if (!g.isAbstractType(type)) return type;
    const all = ['T0', 'T1', 'T2', 'T3', 'N', 'U'].map((n) => this.schema.getType(n));
    return this.d.one_of(all.filter((t) => g.doTypesOverlap(this.schema, t, type) && t !== type));
  }

  field(type, depth) {
    const { d } = this;
    let all = Object.values(type.getFields());
    if (depth === 0) all = all.filter((f) => g.isLeafType(g.getNamedType(f.type)));
    if (all.length === 0) return '__typename';
    const f = d.one_of(all);
    const named = g.getNamedType(f.type);
    const list = f.args
      .filter((a) => g.isRequiredArgument(a) || d.percent(60))
      .map((a) => `${a.name}: ${literal(d, a.type, this)}`);
    const alias = d.percent(15) ? `${d.one_of(['x', 'y', 'z'])}: ` : '';
    const args = list.length ? `(${list.join(', ')})` : '';
    const inner = g.isLeafType(named) ? '' : ' ' + this.set(named, depth - 1);
    return `${alias}${f.name}${args}${this.condition()}${inner}`;
  }
}

module.exports = { make_schema, document_maker };
