// Cases from a seed: documents that are valid for a schema, and what becomes of them and of schemas'
// texts when tokens are dropped, doubled, swapped or replaced.
'use strict';

const g = require('graphql');
const { written } = require('./written.js');

// mulberry32, a small generator of 32 bits (Tommy Ettinger, public domain).
function random_of(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

class dice {
  constructor(seed) {
    this.random = random_of(seed);
  }
  below(n) {
    return Math.floor(this.random() * n);
  }
  one_of(list) {
    return list[this.below(list.length)];
  }
  is(chance) {
    return this.random() < chance;
  }
}

// A valid operation with fragments and variables.
class document_maker {
  constructor(schema, d) {
    this.schema = schema;
    this.d = d;
    this.fragments = [];
    this.variables = [];
  }

  text() {
    const { d } = this;
    const kinds = ['query', 'query', 'query', 'mutation', 'subscription'];
    const kind = d.one_of(kinds.filter((k) => this.schema.getRootType(k)));
    const root = this.schema.getRootType(kind);
    const set = kind === 'subscription' ? `{ ${this.field(root, 3)} }` : this.set(root, 4);
    const variables = this.variables.length ? `(${this.variables.join(', ')})` : '';
    const name = d.is(0.7) ? ` Op${d.below(3)}` : '';
    const head = kind === 'query' && !name && !variables && d.is(0.5) ? '' : `${kind}${name}${variables} `;
    return [head + set, ...this.fragments].join(d.one_of(['\n', '\n\n', ' ', '\r\n']));
  }

  set(type, depth) {
    const count = 1 + this.d.below(4);
    const parts = [];
    for (let i = 0; i < count; ++i) parts.push(this.selection(type, depth));
    const between = this.d.one_of(['\n  ', ' ', ', ']);
    return `{ ${parts.join(between)} }`;
  }

  selection(type, depth) {
    const { d } = this;
    if (depth > 1 && d.is(0.12)) return this.inline(type, depth);
    if (depth > 1 && d.is(0.1)) return this.spread(type, depth);
    return this.field(type, depth);
  }

  overlapping(type) {
    const all = Object.values(this.schema.getTypeMap()).filter(
      (t) => g.isCompositeType(t) && !t.name.startsWith('__'),
    );
    return this.d.one_of(all.filter((t) => g.doTypesOverlap(this.schema, t, type)));
  }

  inline(type, depth) {
    const inner = this.overlapping(type);
    if (this.d.is(0.2)) return `... ${this.set(type, depth - 1)}`;
    return `... on ${inner.name}${this.directives()} ${this.set(inner, depth - 1)}`;
  }

  spread(type, depth) {
    const inner = this.overlapping(type);
    const name = `F${this.fragments.length}`;
    this.fragments.push('');
    const at = this.fragments.length - 1;
    this.fragments[at] = `fragment ${name} on ${inner.name} ${this.set(inner, depth - 1)}`;
    return `...${name}${this.directives()}`;
  }

  directives() {
    const { d } = this;
    if (!d.is(0.1)) return '';
    if (d.is(0.5)) return ` @${d.one_of(['skip', 'include'])}(if: ${d.one_of(['true', 'false'])})`;
    return ` @include(if: ${this.variable('Boolean!')})`;
  }

  variable(type) {
    const name = `$v${this.variables.length}`;
    this.variables.push(`${name}: ${type}`);
    return name;
  }

  field(type, depth) {
    const { d } = this;
    const fields = g.isUnionType(type) ? [] : Object.values(type.getFields());
    const usable = fields.filter((f) => depth > 0 || g.isLeafType(g.getNamedType(f.type)));
    if (usable.length === 0 || d.is(0.08)) return '__typename';
    const f = d.one_of(usable);
    const named = g.getNamedType(f.type);
    const args = this.arguments(f.args);
    const needs_alias = args !== '' || d.is(0.1);
    const alias = needs_alias ? `a${d.below(1000)}: ` : '';
    const below = g.isLeafType(named) ? '' : ` ${this.set(named, depth - 1)}`;
    return `${alias}${f.name}${args}${d.is(0.5) ? this.directives() : ''}${below}`;
  }

  arguments(args) {
    const given = args.filter((a) => g.isRequiredArgument(a) || this.d.is(0.4));
    const parts = given.map((a) => `${a.name}: ${this.value(a.type, 3)}`);
    return parts.length ? `(${parts.join(', ')})` : '';
  }

  value(type, depth) {
    const { d } = this;
    if (depth === 3 && d.is(0.25)) return this.variable(String(type));
    if (g.isNonNullType(type)) return this.value(type.ofType, depth - 0.5);
    if (d.is(0.05)) return 'null';
    if (g.isListType(type)) {
      if (d.is(0.2)) return this.value(type.ofType, depth - 0.5);
      const items = [];
      for (let n = d.below(3); n > 0; --n) items.push(this.value(type.ofType, depth - 0.5));
      return `[${items.join(', ')}]`;
    }
    if (g.isInputObjectType(type)) return this.object(type, depth);
    if (g.isEnumType(type)) return d.one_of(type.getValues()).name;
    return this.scalar(type.name);
  }

  object(type, depth) {
    const fields = Object.values(type.getFields());
    if (type.isOneOf) {
      const f = this.d.one_of(fields.filter((x) => depth > 0 || g.isLeafType(g.getNamedType(x.type))));
      return `{${f.name}: ${this.value(new g.GraphQLNonNull(f.type), depth - 1)}}`;
    }
    const given = fields.filter((f) => g.isRequiredInputField(f) || (depth > 0 && this.d.is(0.4)));
    return `{${given.map((f) => `${f.name}: ${this.value(f.type, depth - 1)}`).join(', ')}}`;
  }

  scalar(name) {
    const { d } = this;
    switch (name) {
      case 'Int': return d.one_of(['0', '7', '-12', '2147483647']);
      case 'Float': return d.one_of(['0.5', '3', '-1.25e3', '6.02E+23']);
      case 'Boolean': return d.one_of(['true', 'false']);
      case 'ID': return d.one_of(['1', '"x"']);
      case 'String': return d.one_of(['"a"', '""', '"é \\u00e9 \\u{1F600}"', '"""block\n  text"""']);
      default: return d.one_of(['1', '"t"', 'true', '{a: [1, {b: WORD}]}']);
    }
  }
}

// Tokens with what stands between them, so that a text can be put together again.
function pieces_of(text) {
  const pattern = /"""[^]*?"""|"(?:\\.|[^"\\\n])*"|\.\.\.|[_A-Za-z][_0-9A-Za-z]*|-?[0-9][0-9.eE+-]*|\s+|./gu;
  return text.match(pattern) ?? [];
}

const words = [
  'id', 'name', 'nam', 'dog', 'dogs', 'Dog', 'Cat', 'Pet', 'CatOrDog', 'Human', 'Query', 'String', 'Int', 'Strin',
  'owner', 'barkVolume', 'meowVolume', 'mother', 'nickname', 'nicknam', 'on', 'query', 'mutation', 'fragment',
  'subscription', 'type', 'input', 'enum', 'union', 'interface', 'scalar', 'extend', 'schema', 'directive',
  'implements', 'repeatable', 'true', 'false', 'null', 'FIELD', 'SIT', 'BROWN', 'BROWM', 'F0', 'F1', 'F2',
  '__typename', '__schema', '__type', '__Foo', 'deprecated', 'skip', 'include', 'oneOf', 'specifiedBy', 'cached', 'tag',
];
const signs = ['{', '}', '(', ')', '[', ']', ':', '!', '$', '@', '|', '&', '=', '...', '$v0', '$v1', '$v9', '@skip', '@tag(name: "x")', '@cached', '@oneOf', '@deprecated', '[Int!]', 'Dog!', '.'];
const values = ['1', '-1', '01', '1.', '1.5', '1e', '-', '99999999999', '"s"', '"', '"""b"""', '"""', '"\\q"', '"\\u12"', '"\\u{110000}"', '"\\uD83D"', '"\\uD83D\\uDE00"', 'true', 'null', 'RED', '[1, "a"]', '{x: 1}', '{x: 1, x: 2}', '#c\n', '\'', '?', '\u00e9', '\u{1F600}', '\uFEFF', '\u0007', ',', '\r', '{}', '[]', '[null]', '$v0'];

function changed(text, d) {
  const pieces = pieces_of(text);
  for (let n = 1 + d.below(3); n > 0; --n) {
    const at = d.below(pieces.length);
    const other = d.below(pieces.length);
    switch (d.below(9)) {
      case 0: pieces.splice(at, 1); break;
      case 1: pieces.splice(at, 0, pieces[at]); break;
      case 2: [pieces[at], pieces[other]] = [pieces[other], pieces[at]]; break;
      case 3: pieces[at] = d.one_of(words); break;
      case 4: pieces[at] = d.one_of(signs); break;
      case 5: pieces[at] = d.one_of(values); break;
      case 6: pieces.splice(at, 0, ' ' + d.one_of(words) + ' '); break;
      default: replace_name(pieces, d);
    }
  }
  return pieces.join('');
}

// A name or value for another of its sort: such texts mostly still parse.
function replace_name(pieces, d) {
  const names = pieces.map((p, i) => [p, i]).filter(([p]) => /^[_A-Za-z]/.test(p));
  if (names.length === 0) return;
  const [, at] = d.one_of(names);
  pieces[at] = d.is(0.5) ? d.one_of(names)[0] : d.one_of(words);
}

// Doubles of whole lines: many rules are about what stands twice.
function with_doubles(text, d) {
  const lines = text.split('\n');
  const at = d.below(lines.length);
  lines.splice(d.below(lines.length), 0, lines[at]);
  return lines.join('\n');
}

function* make(seed, count, kept, schemas) {
  const d = new dice(seed);
  yield* written(kept);
  for (let i = 0; i < count; ++i) {
    const base = d.one_of(kept);
    const short = d.is(0.9) ? kept.find(({ name }) => name === 'small') : base;
    const document = () => new document_maker(schemas.get(base.name), d).text();
    const flags = { ...(d.is(0.1) && { hide: true }), ...(d.is(0.1) && { closed: true }) };
    switch (d.below(10)) {
      case 0: yield { kind: 'print', text: d.is(0.5) ? document() : changed(document(), d) }; break;
      case 1: yield { kind: 'print', text: changed(short.text, d) }; break;
      case 2: yield { kind: 'sdl', text: changed(short.text, d) }; break;
      case 3: yield { kind: 'sdl', text: with_doubles(changed(short.text, d), d) }; break;
      case 4: yield { kind: 'changes', before: short.name, text: changed(short.text, d) }; break;
      case 5: yield { kind: 'check', schema: base.name, text: document(), ...flags }; break;
      case 6: yield { kind: 'check', schema: base.name, text: `${document()}\n${changed(document(), d)}`, ...flags }; break;
      default: yield { kind: 'check', schema: base.name, text: changed(document(), d), ...flags };
    }
  }
}

exports.make = make;
