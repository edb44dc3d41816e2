// What resolvers give: a function of the parent's seed, the field and its arguments, with nulls,
// errors and wrong values at random. The probe does the same in C++.
'use strict';

const { dice, hash_of } = require('./dice.js');

const wrong = [true, 'abc', '12', 1.5, 3000000000, -1, [1, [2, 'x']], ''];

// The resolver for one edition of graphql-js.
function resolver_of(g) {
  function leaf(type, d) {
    if (d.percent(7)) return d.one_of(wrong);
    if (g.isEnumType(type)) return d.one_of(type.getValues()).name;
    switch (type.name) {
      case 'Int':
        return d.below(1000) - 500;
      case 'Float':
        return d.percent(50) ? d.below(1000) / 8 : d.below(1 << 30) * 4096;
      case 'Boolean':
        return d.percent(50);
      case 'ID':
        return d.percent(50) ? d.below(1000) : 'id' + d.below(10);
      case 'String':
        return d.one_of(['plain', 'quo"te\\', 'líne\n\ttab', '日本', 'x'.repeat(d.below(20))]);
      default:
        return d.one_of([1, 'any', [1, null, 'a'], true, 0.5]);
    }
  }

  function object(schema, type, d) {
    const out = { seed: d.next() };
    if (g.isAbstractType(type)) {
      const odd = d.below(40);
      if (odd === 0) return out;
      const possible = schema.getPossibleTypes(type);
      out.__typename = odd === 1 ? 'Nope' : odd === 2 ? 'Int' : odd === 3 ? 'Query' : d.one_of(possible).name;
    }
    return out;
  }

  function valued(schema, type, d) {
    if (g.isNonNullType(type)) return d.percent(2) ? null : valued(schema, type.ofType, d);
    if (d.percent(8)) return null;
    if (d.percent(4)) return new Error('fault ' + d.below(100));
    if (g.isListType(type)) {
      if (d.percent(3)) return d.one_of([5, 'text', true]);
      const size = d.below(4);
      const out = [];
      for (let i = 0; i < size; ++i) out.push(valued(schema, type.ofType, d));
      return out;
    }
    return g.isLeafType(type) ? leaf(type, d) : object(schema, type, d);
  }

  function resolve(source, args, context, info) {
    const seed = source?.seed ?? 0;
    const d = new dice(hash_of(`${seed}/${info.fieldName}/${JSON.stringify(args)}`));
    return valued(info.schema, info.returnType, d);
  }

  return resolve;
}

module.exports = { resolver_of };
