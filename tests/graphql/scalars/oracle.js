// graphql-js, 16 and 17, on scalars of a schema's own, for tests/integration/test_graphql_scalars.py:
//   node oracle.js > answers.json
'use strict';

const sdl = `
  scalar Even
  scalar Code
  scalar Tree
  input Deep { n: Even!  more: [Deep!]  also: Even = 8 }
  type Query {
    half(n: Even): Int
    halves(ns: [Even!]): [Int]
    code(c: Code! = "ABC"): String
    deep(in: Deep): Int
    tree(t: Tree): String
    node(n: Even): Node
  }
  interface Node { half(n: Even): Int }
  type A implements Node { half(n: Even): Int }
  type B implements Node { half(n: Even): Int }
`;

const cases = [
  ['{ half(n: 4) }'],
  ['{ half(n: null) }'],
  ['{ half }'],
  ['{ half(n: 3) }'],
  ['{ a: half(n: 3) b: half(n: 4) c: half(n: "x") }'],
  ['{ halves(ns: [2, 4, 6]) }'],
  ['{ halves(ns: 2) }'],
  ['{ halves(ns: 3) }'],
  ['{ halves(ns: [2, 3, 5]) }'],
  ['query ($n: Even) { half(n: $n) }', { n: 10 }],
  ['query ($n: Even) { half(n: $n) }', { n: 11 }],
  ['query ($n: Even) { half(n: $n) }', { n: null }],
  ['query ($n: Even) { half(n: $n) }', {}],
  ['query ($n: Even = 6) { half(n: $n) }', {}],
  ['query ($n: Even = 7) { half(n: $n) }', {}],
  ['query ($n: Even!) { half(n: $n) }', { n: { a: [1] } }],
  ['query ($ns: [Even!]) { halves(ns: $ns) }', { ns: [2, 4] }],
  ['query ($ns: [Even!]) { halves(ns: $ns) }', { ns: 8 }],
  ['query ($ns: [Even!]) { halves(ns: $ns) }', { ns: 9 }],
  ['query ($ns: [Even!]) { halves(ns: $ns) }', { ns: [2, 5, 7] }],
  ['query ($n: Even!) { halves(ns: [$n, 2]) }', { n: 4 }],
  ['query ($n: Even!) { halves(ns: [$n, 3]) }', { n: 4 }],
  ['{ code }'],
  ['{ code(c: "XY") }'],
  ['query ($c: Code!) { code(c: $c) }', { c: 'XY' }],
  ['query ($c: Code!) { code(c: $c) }', { c: 'xy' }],
  ['query ($c: Code! = "Q") { code(c: $c) }', {}],
  ['{ deep(in: {n: 2}) }'],
  ['{ deep(in: {n: 2, more: [{n: 4}, {n: 6, also: 10}]}) }'],
  ['{ deep(in: {n: 2, more: [{n: 4}, {n: 7}]}) }'],
  ['{ deep(in: {n: 2, more: {n: 5}}) }'],
  ['query ($in: Deep) { deep(in: $in) }', { in: { n: 2, more: [{ n: 4 }] } }],
  ['query ($in: Deep) { deep(in: $in) }', { in: { n: 2, more: [{ n: 4 }, { n: 9 }] } }],
  ['query ($in: Deep) { deep(in: $in) }', { in: { n: 2, more: { n: 9 } } }],
  ['query ($in: Deep) { deep(in: $in) }', { in: { n: 1, also: 3 } }],
  ['query ($n: Even!) { deep(in: {n: $n, more: [{n: $n}]}) }', { n: 12 }],
  ['query ($a: Even, $b: Even) { a: half(n: $a) b: half(n: $b) }', { a: 1, b: 3 }],
  ['{ tree(t: {a: [1, {b: null}], c: "x"}) }'],
  ['query ($t: Tree) { tree(t: $t) }', { t: { a: [1, { b: null }], c: 'x' } }],
  ['query ($t: Tree) { tree(t: $t) }', { t: 'bad' }],
  ['{ tree(t: "bad") }'],
  ['{ node(n: 2) { half(n: 4) } }'],
  ['{ node(n: 2) { half(n: 5) } }'],
  ['query ($no: Boolean!) { half(n: 2) @skip(if: $no) }', { no: true }],
];

function answers_of(g) {
  const schema = g.buildSchema(sdl);
  const even = (v) => {
    if (typeof v !== 'number' || v % 2 !== 0) throw new Error(`${JSON.stringify(v)} is not even`);
    return { half: v / 2 };
  };
  const code = (v) => {
    if (v !== String(v).toUpperCase()) throw new g.GraphQLError('A code is of capital letters.');
    return `<${v}>`;
  };
  const tree = (v) => {
    if (v === 'bad') throw new Error('bad tree');
    return JSON.stringify(v);
  };
  for (const [name, parse] of Object.entries({ Even: even, Code: code, Tree: tree })) {
    const type = schema.getType(name);
    type.parseValue = type.coerceInputValue = parse;
    type.parseLiteral = (node, variables) => parse(g.valueFromASTUntyped(node, variables));
    if (g.versionInfo.major > 16) type.coerceInputLiteral = (node) => parse(g.valueFromASTUntyped(node));
  }
  // Made before its scalar could parse.
  const argument = schema.getQueryType().getFields().code.args[0];
  if (g.versionInfo.major === 16) argument.defaultValue = code('ABC');
  const deep = schema.getType('Deep').getFields().also;
  if (g.versionInfo.major === 16) deep.defaultValue = even(8);
  const sum = ({ n, more, also }) => n.half + also.half + (more ?? []).reduce((s, one) => s + sum(one), 0);
  schema.getType('Node').resolveType = () => 'A';
  const half = ({ n }) => n?.half;
  const rootValue = {
    half,
    halves: ({ ns }) => ns.map((n) => n.half),
    code: ({ c }) => c,
    deep: (arguments_) => sum(arguments_.in),
    tree: ({ t }) => t,
    node: () => ({ half }),
  };
  return cases.map(([source, variableValues]) => {
    const document = g.parse(source);
    const faults = g.validate(schema, document);
    const { data, errors } = faults.length ? { errors: faults } : g.executeSync({ schema, document, rootValue, variableValues });
    return { data, errors: errors?.map(({ message, locations }) => ({ message, locations })) };
  });
}

const sixteen = answers_of(require('graphql'));
const seventeen = answers_of(require('graphql-17'));
const lines = cases.map(([query, variables], i) =>
  JSON.stringify({ query, variables, sixteen: sixteen[i], seventeen: seventeen[i] }),
);
process.stdout.write(`${JSON.stringify({ sdl })}\n${lines.join('\n')}\n`);
