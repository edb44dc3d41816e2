// Cases written by hand: for every rule at least one text that breaks it.
'use strict';

const g = require('graphql');

const checks = [
  '{ dog { name } } { dog { name } }', 'query A { dog { name } } query A { dog { name } }', 'type T { a: Int } { dog { name } } extend schema @tag(name: "x")',
  'subscription { arrived { name } left { name } }', 'subscription S { ...F } fragment F on Subscription { arrived { name } left { id } __typename }',
  'query($a: Foo, $b: Dog, $c: [Pe]) { dog { name } }', 'fragment F on Foo { x } { ...F }', 'fragment F on Int { x } { ... on FurColor { a } ...F }',
  '{ dog }', '{ dog { name { x } } }', '{ dog { nam barkvolume } pet { nickname meowVolume } catOrDog { name } }',
  'fragment F on Dog { name } fragment F on Cat { name } { dog { ...F } }', '{ ...Nope }', 'fragment U on Dog { name } { dog { name } }',
  '{ dog { ...C ... on Cat { name } ... on Pet { name } ... on HumanOrAlien { __typename } } } fragment C on Cat { name }',
  '{ dog { ...A } } fragment A on Dog { ...B ...A } fragment B on Dog { mother { ...A ...B } }',
  'query($a: Int, $a: Int, $b: Int, $a: Float) { args { ints(a: $a, b: $c) } }', 'query Q($a: Int) { ...F } fragment F on Query { args { ints(b: $z) } }',
  'query Q($a: Int) { args { ints(b: $a, c: $a, a: $a) } }', 'query Q($a: Int = 1, $n: Int = null, $l: [Int]) { args { ints(b: $a, c: $n) floats(list: $l) } }',
  'query($x: String) { args { objects(b: {x: 1, y: 2}, c: {id: $x}) } }', 'query($x: ID) { human(by: {id: $x}) { id } }',
  '{ dog @nope { name @deprecated } ...F @tag(name: 1) @tag } fragment F on Query @skip(if: true) { dog @skip(if: true) @skip(if: false) { name } }',
  '{ dog @skip { name @include(iff: true, if: 1) @cached(scope: PRIVAT, seconds: null) } }', '{ human(ids: 1, id: 1, id: 2, od: 3) { id } }',
  '{ args { ints(a: "1", b: 1.5, c: null) floats(a: "x", list: [1, "2", null]) strings(a: 1, list: [["a", 2], "b"]) } }',
  '{ args { ids(a: 1.5, list: [true]) bools(a: 1, list: "x") enums(a: "BROWN", list: [BROWM, 1, NO_FUR]) } }',
  '{ args { ints(b: 2147483648) enums(a: brown) any(a: {a: $x, b: [1, 1.5]}) } }',
  '{ args { objects(a: {name: 1, nam: 2, ages: [1, "x"], near: {x: 1}}, b: 1, c: {id: 1, name: "x"}) } }',
  '{ args { objects(b: {x: 1, y: 2, x: 3}, c: {}) o: objects(b: {x: 1, y: 2}, c: {id: null}) p: objects(a: [1], b: {x: 1, y: 2}) } }',
  '{ cat { name } humans { id } dog { doesKnowCommand } }', '{ dog { a: name a: nickname } }', '{ dog { name(surname: true) name(surname: false) name } }',
  '{ pet { ... on Dog { v: barkVolume } ... on Cat { v: meowVolume } } catOrDog { ... on Dog { x: name } ... on Cat { x: meowVolume } } }',
  '{ dog { ...A ...B } } fragment A on Dog { x: name mother { y: id } } fragment B on Dog { x: nickname mother { y: name } }',
  '{ dog { mother { a: name mother { b: id } } } dog { mother { a: nickname mother { b: name } } } }',
  '{ args { a: objects(b: {x: 1, y: 2}) a: objects(b: {y: 2, x: 1}) } }', '{ args { a: objects(b: {x: 1, y: 2}) a: objects(b: {y: 2, x: 3}) } }',
  '{ being { ... on Alien { m: matrix } ... on Human { m: name } } }', '{ being { ... on Alien { m: numEyes } ... on Human { m: age } } }',
  '{ a: dog { name } a: cat(id: 1) { name } b: pet { x: owner { id } } b: pet { x: owner { name } } }',
  '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }', '{ __type(name: "Dog") { ...T } } fragment T on __Type { fields { type { interfaces { possibleTypes { name } } } } }',
  '{ __schema { types { name kind ofType { name } } directives { name locations args { name defaultValue } } queryType { nam } } __type { name } }',
  'mutation M { rename(id: 1) { name } adopt(pet: 1, at: {x: 1}) { id } __schema { types { name } } }', '{ unknown { deeper(a: 1) { x: y @nope } } ... on Nope { a { b } } }',
  'query ($v: Int @tag(name: "a") @tag(name: "b") @skip(if: true)) @cached { args { ints(b: 1, a: $v) } }', 'query Q @tag(name: "x") @skip(if: false) { dog { id } }',
  '"d" query Q("v" $a: Int = [1]) { args { ints(a: $a, b: 1) } } "f" fragment F on Dog { id }', 'query($a: PetFilter = {ages: [null], near: {x: "1", y: 2}}) { human { pets(filter: $a) { id } } }',
  'query($a: [Int!]! = null, $b: [Int] = 1) { human { pets(filter: {ages: $a}) { id } x: pets(filter: {ages: $b}) { id } } }', '{ dog { littermates(first: null) { id } isHouseTrained(atOtherHomes: "x") } }',
  'query Introspection { __schema { queryType { name } types { ...F } } } fragment F on __Type { kind name fields(includeDeprecated: true) { name args { ...I } } } fragment I on __InputValue { name type { kind ofType { kind } } }',
];

const prints = [
  '', ' ', '#', '{', '}', '{}', '{ a', 'query', 'query Q', 'query Q {', 'query ($a', 'query ($a:', 'query ($a: [', 'query ($a: [I', '{ a(', '{ a() }', '{ a(b) }', '{ a(b:) }', '{ a: }', '{ ... }', '{ ...on }', '{ ...on A }',
  'fragment on on T { a }', 'fragment F on T', 'fragment F T { a }', '"d" { a }', '"d" extend type A { b: C }', '"d" nope', '"d"', '"d" 1', 'nope { a }', '{ a(b: $) }', 'query ($a: Int = $b) { c }', 'query ($a: Int = [$]) { c }',
  'enum E { true }', 'enum E { A null }', 'type T', 'extend type T', 'extend', 'extend foo', 'extend scalar S', 'extend union U', 'extend schema', 'extend input I', 'extend enum E', 'extend interface I', 'schema', 'schema {}', 'schema { foo: A }',
  'union U = ', 'union U = | A | B', 'union U = A B', 'type T implements', 'type T implements & A & B { a: B }', 'type T implements A B { a: B }', 'type T {}', 'input I {}', 'directive @a', 'directive @a on', 'directive @a on FOO', 'directive @a on | FIELD | QUERY', 'directive @a repeatable on FIELD', 'directive a on FIELD',
  '{ a(b: 01) }', '{ a(b: 1.) }', '{ a(b: 1.e) }', '{ a(b: .5) }', '{ a(b: -) }', '{ a(b: 1a) }', '{ a(b: 1e) }', '{ a(b: 1e+) }', '{ a(b: 1.5.5) }', '{ a(b: 0xF) }', '{ a(b: "', '{ a(b: "x\n") }', '{ a(b: "\\x") }', '{ a(b: "\\u") }', '{ a(b: "\\u12G4") }', '{ a(b: "\\u{}") }', '{ a(b: "\\u{12") }', '{ a(b: "\\u{110000}") }', '{ a(b: "\\u{D800}") }', '{ a(b: "\\uD800") }', '{ a(b: "\\uD800\\u0041") }', '{ a(b: "\\uDC00") }', '{ a(b: "\\u{00000000041}") }', '{ a(b: "\\\u{1F600}") }',
  '{ a(b: "\\uD83D\\uDE00 \\u{1F600} \\n\\t\\"\\\\\\/\\b\\f\\r") }', '{ a(b: "\u0001\u007f\u0080\u009f\u00a0") }', '{ a(b: """', '{ a(b: """x\\"""y""") }', '{ a(b: """\n   a\n     b\n\n   c\n """) }', '{ a(b: """a "quote" """) }', '{ a(b: """ends with slash \\ \\""") }', '{ a(b: """\r\n  x\r  y\n""") }', '{ a(b: """ lead""") }', '{ a(b: """""") }', '{ a(b: "x".) }', "{ a(b: 'x') }", '{ a.b }', '{ a..b }', '?', '\u00e9', '{ \u{1F600} }', '\uFEFF{ a }', '{ a \u0000 }', '{ a(b: "x',
  '{ a, b,, c }', '{\r\n  a\r  b(c: d\n', '# comment \u00e9\n{ a } # end', 'query Long($first: Int = 1, $second: [String!]! = ["a", "b"] @d, "described" $third: T) @x(y: 1) { a }', 'query ("d" $a: Int) { b }', '"""\nblock\n""" query Q { a }',
  '{ veryLongFieldNameThatTakesSpace(argumentNumberOne: "some long text", argumentNumberTwo: "some more long text") { a } }', '{ x: veryLongFieldName(argumentNumberOne: """\nblock\n""", argumentNumberTwo: "some more long text and more and more") @a @b(c: 1) { a } }', '{ a { b { c(x: """\nblock\n  text\n""") } } }',
  'type T implements A & B @d { "x" a("y" b: C = 1 @e, c: [D!]): E! @f """\nlong\n""" g: H }', 'type T { a(b: C, "d" e: F): G }', 'interface I implements J { a: B } scalar S @d enum E @d { "x" A @b B } input I @d { "x" a: B = {c: [1, null]} @e }', 'extend schema @a { query: Q } extend scalar A @b extend type A implements B extend interface A { b: C } extend union A = B extend enum A { B } extend input A { b: C }', '"d" directive @a("x" b: C = 1) repeatable on FIELD | QUERY', '"d" schema @a { query: Q mutation: M }', '{ a(b: [[1, 2], [], {}], c: {d: {e: f}}) ...F @x ... @y { z } ... on T @z { q } }', 'query ($a: [[[[[Int!]!]!]!]!]!) { b }', '{ a(on: 1, fragment: 2, true: 3) { on fragment type query null } }',
];

const sdls = [
  'type Query', 'type Query { }', 'type Q { a: Int }', 'schema { query: Nope }', 'schema { query: E } enum E { A }', 'schema { query: Q } schema { query: Q } type Q { a: Int }', 'schema { query: Q query: Q mutation: Q } extend schema { mutation: Q subscription: I } type Q { a: Int } input I { a: Int }',
  'type Query { a: Int } type Query { b: Int } enum E { A A } extend enum E { A }', 'type Query { a: Int a: Int b(c: Int, c: Int, d: Int, d: Int, c: Int): Int } extend type Query { a: Int }', 'directive @a(b: Int, b: Int) on FIELD directive @a on FIELD type Query { a: Int @a @nope }', 'type Query { a: Foo b(c: Bar): [Baz] } union U = Qery input I { a: In }',
  'extend type Foo { a: Int } extend enum Query { A } type Query { a: Int } extend type Quer { b: Int }', 'type Query { a: Int @deprecated(reason: 1) @deprecated @skip(if: true) } scalar S @specifiedBy scalar T @specifiedBy(url: "u") @specifiedBy(url: "v")', 'type Query @a(b: 1, b: 2, x: {y: 1, y: 2}) { a: Int } directive @a(b: Int!, c: String!) on OBJECT', 'type Query { a: I } input I { b: Query }', 'type Query { a(b: Query): Int }', 'directive @a(b: Query) on FIELD type Query { a: Int }',
  'interface I { a: Int b(c: Int): String } type Query implements I { a: String }', 'interface I { b(c: Int): String } type Query implements I { b(c: String, d: Int!): String }', 'interface I { b(c: Int): [I!] } type Query implements I { b: [I] }', 'interface I implements J { a: Int } interface J implements I { a: Int } type Query { a: I }', 'interface I implements I { a: Int } type Query { a: I }', 'interface I { a: Int } interface J implements I { a: Int } type Query implements J & J { a: Int }', 'type Query implements Query & E { a: Int } enum E { A }',
  'union U type Query { a: U }', 'union U = Query | Query | E enum E { A } type Query { a: U } extend union U = Query', 'enum E type Query { a: E }', 'input I type Query { a(b: I): Int }', 'input I { a: I! } input J { k: K! } input K { j: J! l: [K!]! } type Query { a(b: I, c: J): Int }', 'input I @oneOf { a: Int! b: Int = 1 c: Int @deprecated } type Query { a(b: I): Int }', 'type Query { a(b: Int! @deprecated): Int __c: Int } type __T { a: Int } enum E { __A } directive @__d(__a: Int) on FIELD', 'input I { a: Int! @deprecated(reason: "x") b: Int! = 1 @deprecated } type Query { a(b: I): Int } directive @d(a: Int! @deprecated) on FIELD',
  'type Query { a(b: Int = "x", c: [Int] = 1, d: Float = 1.0, e: ID = 5, f: ID = "5", g: ID = "a", h: E = A, i: I = {}, j: String = """b\n"q" """, k: Float = 1e21, l: Float = 0.0000001, m: Float = 123456789012, n: Boolean = null): Int } enum E { A } input I { x: Int = 3 y: [E!] = A z: String }', '"""a"""\ntype Query { "b" a: Int "c\\nd" b("x" c: Int, d: Int): Int @deprecated(reason: "") c(a: Int): Int }', '"x" schema { query: Q } type Q { a: Int }', 'scalar Int scalar Date type Query { a: Int b: Date }', 'type Query { a: Int } query Q($a: Nope) { a(x: 1, x: 2) @nope } fragment F on Nope { a }', 'type Query { a: Int } extend type Query { b: Boolean } extend type Query implements I interface I { a: Int }', 'type Subscription { a: Int } type Query { b: ID } type Mutation { c: Float }', 'directive @onlyField on FIELD type Query { a(b: Int @onlyField): Int @onlyField } input I @onlyField { a: Int @onlyField } enum E @onlyField { A @onlyField } union U @onlyField = Query scalar S @onlyField interface N @onlyField { a: Int } extend type Query @onlyField', 'directive @r repeatable on OBJECT type Query @r @r { a: Int } extend type Query @r', 'directive @n on OBJECT type Query @n { a: Int } extend type Query @n', '"""   leading"""\ntype Query { """trailing\\n""" a: Int "has \\"quotes\\" and \\\\" b: Int """ends with slash\\ """ c: Int }',
];

sdls.push(
  'scalar S @specifiedBy(url: word) type Query { a: S }', 'scalar S @specifiedBy(url: null) type Query { a: S }', 'scalar S @specifiedBy(url: 1) type Query { a: S @deprecated(reason: [1]) }', 'type Query { a: Int @deprecated(reason: 1) }', 'type Query { a: Int @deprecated(reason: null) b(c: Int @deprecated(reason: true)): Int }', 'enum E { A @deprecated(reason: {a: 1}) B } type Query { a: E }',
  'type Query { a(b: [Int!] = [1, null], c: E = B, d: I = {x: 1}, e: I! = {y: 1}, f: O = {}, g: O = {a: null}, h: O = {a: 1, b: "x"}, i: Int! = null, j: [[Int]] = 1, k: I = {x: "1", x: 2, z: 3}, l: String = x, m: Boolean = 1, n: Float = 1, o: S = {any: thing}): Int } enum E { A } input I { x: Int! y: Int = "y" } input O @oneOf { a: Int b: String } scalar S directive @d(a: Int = 1.5) on FIELD',
  'input I { a: I = {} b: Int } type Query { a(b: I): Int }', 'input I { a: J = {} } input J { b: [K!] = [{}] } input K { c: I = {a: {b: []}} d: J = {} } type Query { a(b: K = {}): Int }',
);

sdls.push('interface I { a: Int b: Int @deprecated } type Query implements I { a: Int @deprecated b: Int }', 'interface I { a: Int } interface J implements I { a: Int @deprecated(reason: "x") } type Query implements I & J { a: Int @deprecated }');

const extensions = [
  'extend type Dog { weight: Float }', 'extend type Dog { name: Int }', 'extend enum FurColor { BLUE BROWN }', 'type Dog { a: Int }', 'schema { query: Dog }', 'extend schema { query: Dog }', 'directive @cached on FIELD', 'type Bird implements Node { id: ID! } extend union CatOrDog = Bird', 'extend input Point { w: Float! = 1 x: Int }', 'extend type Do { a: Int }', 'extend scalar Any @specifiedBy(url: "x")', 'extend interface Pet { weight: Float }', 'extend enum Dog { A }', 'directive @fresh on FIELD type Bird { a: Point }',
];

function* written(kept) {
  for (const text of prints) yield { kind: 'print', text };
  for (const text of checks) {
    yield { kind: 'print', text };
    yield { kind: 'check', schema: 'pets', text };
    yield { kind: 'check', schema: 'pets', text, hide: true, closed: true };
    yield { kind: 'check', schema: 'blog', text };
  }
  yield { kind: 'check', schema: 'blog', text: g.getIntrospectionQuery() };
  for (const { text } of kept) yield* [{ kind: 'print', text }, { kind: 'sdl', text }];
  for (const text of sdls) yield* [{ kind: 'print', text }, { kind: 'sdl', text }];
  for (const text of extensions) yield { kind: 'extend', schema: 'pets', text };
}

exports.written = written;
