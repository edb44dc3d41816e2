// Where graphql-js 17 answers otherwise than 16, why, and whose answer is expected. Ours are the words
// of 16, and the edition of September 2025 where it says something else. A difference that nothing here
// explains ends the run of oracle.js.
'use strict';

const { own_faults } = require('./answers.js');

// The same fault in other words: [what, words of 16, words of 17]. What the expressions capture must
// be equal, except where 17 says more.
const words = [
  ['null for what must not be null', /^Expected value of type "(.*!)", found null\.$/, /^Expected value of non-null type "(.*)" not to be null\.$/],
  ['an argument that is missing', /^(?:Field|Directive) ".*" argument ".*" of type "(.*)" is required, but it was not provided\.$/, /^Argument ".*" of type "(.*)" is required, but it was not provided\.$/],
  ['a field of an input object that is unknown', /^Field ".*" is not defined by type "(.*?)"\./, /^Expected value of type "(.*?)" not to include unknown field "[^"]*"/],
  ['a field of an input object that is missing', /^Field "(.*?)\..*" of required type ".*" was not provided\.$/, /^Expected value of type "(.*?)" to include required field "[^"]*"/],
  ['not one key of a OneOf', /^OneOf Input Object "(.*)" must specify exactly one key\.$/, /^Within OneOf Input Object type "(.*)", exactly one field must be specified, and the value for that field must be non-null\.$/],
  ['a null in a OneOf', /^Field "(.*?)\..*" must be non-null\.$/, /^Within OneOf Input Object type "(.*)", exactly one field must be specified, and the value for that field must be non-null\.$/],
  ['a value that is no input object', /^Expected value of type "\[*(\w+).*", found .*\.$/s, /^Expected value of type "(.*)" to be an object, found: .*\.$/s],
  ['an argument of an object that its interface has not', /^Object field .* includes required argument .*( )/, /^Argument ".*" must not be required type ".*" if not provided by the Interface field( )/],
  ['an unknown argument of a meta field', /^Unknown argument "(.*)" on field ".*\.__\w+"\./, /^Unknown argument "(.*)" on field "<meta>\.__\w+"\./],
  ['an argument in a schema that its type refuses', /^Argument "(.*)" has invalid value/, /^Argument "@.*\((.*):\)" has invalid value/],
  ['a null in a schema that its type refuses', /^Argument "(.*)" of non-null type ".*" must not be null\.$/, /^Argument "@.*\((.*):\)" has invalid value: Expected value of non-null type/],
  ['an endless input object', /^Cannot reference Input Object "(.*)" within itself/, /^Input Object (.*) cannot be provided a finite value/],
];

// What is not a matter of words: [what and why, whether it is so]. The answer of 16 is expected.
const grammar = [
  ['empty selection sets: 17 parses "{}", the edition does not', (a) => a === 'Syntax Error: Expected Name, found "}".'],
  ['extensions of directives: 17 parses them, the edition does not', (a) => a === 'Syntax Error: Unexpected Name "directive".'],
  ['directives on directives: 17 parses them, the edition does not', (a) => a === 'Syntax Error: Expected "on", found "@".'],
  ['dots: 17 has more to say of them', (a, b) => a === 'Syntax Error: Unexpected character: ".".' && /number|"\.\."/.test(b)],
];
const conditions = /must not use `@skip` or `@include` directives in the top level selection\.$/;
const deprecated = /^Interface field .* is not deprecated, so implementation field .* must not be deprecated\.$/;
const no_root = /^The \w+ operation is not supported by the schema\.$/;

const names_of = {
  order: 'the same errors in another order',
  spaces: '17 prints values with spaces within braces, long ones on several lines',
  changes: '17 names places by their coordinates when it tells changes, defaults where they were written, and arguments of directives too',
  defaults: '17 prints defaults as they were written, 16 as they are used',
  root: 'a missing root type: 17 finds it when it validates, 16 and Puff when they execute',
  reason: 'reason: null: the edition refuses it, 16 and Puff let it pass',
  twice: 'a wrong input object: one of the two tells of a second fault in it, or of a field given twice',
  fails: '16 itself fails, the answer of 17 is expected',
  conditions: 'conditions on the field of a subscription: the edition refuses them, 16 looks at none',
  deprecated: 'a field that is deprecated and its interface not: the edition refuses it, 16 lets it pass',
  invalid: 'defaults that their types refuse: the edition wants them refused, 16 lets them pass',
};

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const squeezed = (text) => text.replace(/[\s,]+/g, '');

function explains(error, other, why) {
  if (!same(error.at, other.at)) return false;
  if (error.message === other.message) return true;
  if (squeezed(error.message) === squeezed(other.message)) return why.add(names_of.spaces) && true;
  const part = (expression, text) => expression.exec(text)?.[1];
  const known = words.find(([, a, b]) => part(a, error.message) !== undefined && part(a, error.message) === part(b, other.message));
  if (known) why.add(known[0]);
  return known !== undefined;
}

const invalid_default = (message) => /^(.*?) has invalid default value/.exec(message)?.[1];

const null_reason = /^Argument "@deprecated\(reason:\)" has invalid value: .* not to be null\.$/;

// Every default by its coordinate, as Puff tells of it.
function defaults_of(schema, print) {
  const out = new Map();
  const keep = (name, value) => {
    const literal = value.astNode?.defaultValue;
    if (!literal) return;
    const found = `Expected value of type "${value.type}", found ${print(literal)}.`;
    const { line, column } = literal.loc.startToken;
    out.set(name, { message: `${name} has invalid default value: ${found}`, at: [[line, column]] });
  };
  const keep_arguments = (owner, args) => args.forEach((a) => keep(`${owner}(${a.name}:)`, a));
  for (const directive of schema.getDirectives()) keep_arguments(`@${directive.name}`, directive.args);
  for (const type of Object.values(schema.getTypeMap()))
    for (const field of Object.values(type.getFields?.() ?? {})) {
      if (field.args) keep_arguments(`${type.name}.${field.name}`, field.args);
      else keep(`${type.name}.${field.name}`, field);
    }
  return out;
}

// The errors of 17, each in the words of 16; undefined if one of them has no counterpart.
function in_old_words(sixteen, seventeen, defaults, why) {
  const left = [...(sixteen.errors ?? [])];
  const told = new Set();
  const expected = [];
  for (const other of seventeen.errors) {
    const coordinate = invalid_default(other.message);
    if (coordinate !== undefined) {
      why.add(names_of.invalid);
      if (!told.has(coordinate)) expected.push(defaults().get(coordinate));
      told.add(coordinate);
      continue;
    }
    const at = left.findIndex((error) => explains(error, other, why));
    if (at < 0 && no_root.test(other.message)) {
      why.add(names_of.root);
      continue;
    }
    const ours = [[conditions, names_of.conditions], [deprecated, names_of.deprecated]].find(([is]) => is.test(other.message));
    if (at < 0 && ours) {
      why.add(ours[1]);
      expected.push(other);
      continue;
    }
    if (at < 0 && other.message.startsWith('Within OneOf')) {
      why.add(names_of.twice);
      continue;
    }
    if (at < 0) return undefined;
    if (at > 0) why.add(names_of.order);
    expected.push(...left.splice(at, 1));
  }
  const doubled = sixteen.errors?.some(({ message }) => message.startsWith('There can be only one input field'));
  if (left.length > 0 && !doubled) return undefined;
  if (left.length > 0) why.add(names_of.twice);
  const of_the_edition = [names_of.invalid, names_of.conditions, names_of.deprecated].some((name) => why.has(name));
  return { errors: of_the_edition ? expected : sixteen.errors };
}

// Whether everything in one list is in the other, as often.
function is_part(some, all) {
  const left = [...all];
  return some.every((each) => left.includes(each) && left.splice(left.indexOf(each), 1));
}

// All lines are equal, but for spaces and defaults.
function printed_alike(a, b, why) {
  if (squeezed(a) === squeezed(b)) return why.add(names_of.spaces) && true;
  const lines = b.split('\n');
  const bare = (line) => squeezed(line).replace(/=.*/, '');
  const alike = a.split('\n').every((line, i) => bare(line) === bare(lines[i] ?? ''));
  return alike && why.add(names_of.defaults) && true;
}

// What is expected of Puff (null: nothing to compare with) and what explains it; undefined if nothing
// does. `defaults` gives those of
// the case's schema.
function reconcile(one, sixteen, seventeen, defaults) {
  const why = new Set();
  const done = (expected) => expected && { expected, why: [...why] };
  if (same(sixteen, seventeen)) return done(sixteen);
  if (sixteen.unusable === own_faults) return why.add(names_of.fails) && done(seventeen);
  if (one.kind === 'changes') {
    why.add(seventeen.unusable ? names_of.invalid : names_of.changes);
    const of_defaults = (type) => type.endsWith('_DEFAULT_VALUE_CHANGE');
    const types = (answer) => answer.changes?.map(({ type }) => type).filter((t) => !of_defaults(t)).sort();
    if (seventeen.unusable) return done(seventeen);
    return is_part(types(sixteen), types(seventeen)) ? done(sixteen) : undefined;
  }
  if (sixteen.printed && seventeen.printed)
    return printed_alike(sixteen.printed, seventeen.printed, why) ? done(sixteen) : undefined;
  if (null_reason.test(seventeen.errors?.[0]?.message)) return why.add(names_of.reason) && done(sixteen);
  if (/^Argument "if" /.test(sixteen.errors?.[0]?.message) && seventeen.errors?.some(({ message }) => conditions.test(message)))
    return why.add(names_of.conditions) && { expected: seventeen.errors.length === 1 ? seventeen : null, why: [...why] };
  const first = sixteen.errors?.[0]?.message ?? '';
  const known = grammar.find(([, is]) => is(first, seventeen.errors?.[0]?.message ?? ''));
  if (known) return why.add(known[0]) && done(sixteen);
  if (seventeen.errors?.some(({ message }) => conditions.test(message)) && sixteen.errors?.some(({ message }) => /must select only one/.test(message)))
    return why.add(names_of.conditions) && { expected: null, why: [...why] };
  return seventeen.errors ? done(in_old_words(sixteen, seventeen, defaults, why)) : undefined;
}

module.exports = { reconcile, defaults_of };
