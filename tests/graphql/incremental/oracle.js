// graphql-js 17 as the oracle of @defer and @stream: cases, and what all payloads together say.
// and what validation says of the two in documents that use them anyhow.
//   node oracle.js SCHEMAS PER_SCHEMA SEED > FILE
// Schemas, documents and values are made as for whole responses, by ../execution.
'use strict';

const Module = require('module');
const g = require('graphql');
const newest = require.resolve('graphql');
const find = Module._resolveFilename;
Module._resolveFilename = (name, ...more) => (name === 'graphql' ? newest : find(name, ...more));

const { dice } = require('../execution/dice.js');
const { make_schema, document_maker } = require('../execution/cases.js');
const { resolve } = require('../execution/values.js');
const { merged } = require('./merged.js');

const [schemas, per_schema, seed] = process.argv.slice(2).map(Number);
const longest = 4000;
const d = new dice(seed);
const directives = `
directive @defer(if: Boolean! = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
directive @stream(initialCount: Int! = 0, if: Boolean! = true, label: String) on FIELD
`;

class incremental_maker extends document_maker {
  directive(name, more = '') {
    const { d } = this;
    const when = d.percent(15)
      ? `if: ${d.percent(50) ? 'true' : this.variable(new g.GraphQLNonNull(old.GraphQLBoolean))}`
      : '';
    const all = [more, when].filter(Boolean).join(', ');
    return ` @${name}${all ? `(${all})` : ''}`;
  }

  selection(type, depth) {
    const made = super.selection(type, depth);
    if (!made.startsWith('...') || !this.d.percent(70)) return made;
    const head = made.startsWith('... on ') ? /^\.\.\. on \w+/ : /^\.\.\.\w+/;
    return made.replace(head, (found) => found + this.directive('defer'));
  }

  condition() {
    const { d } = this;
    if (!d.percent(8)) return super.condition();
    return this.directive('stream', d.percent(60) ? `initialCount: ${d.below(3)}` : '');
  }
}

class careless_maker extends incremental_maker {
  directive(name, more = '') {
    const { d } = this;
    const label = d.percent(30) ? `label: ${d.one_of(['"a"', '"b"', 'null', 'A'])}` : '';
    return super.directive(name, [more, label].filter(Boolean).join(', '));
  }

  make() {
    const made = super.make();
    return { ...made, text: this.d.percent(30) ? made.text.replace('query', 'subscription') : made.text };
  }
}

// The words of the other rules are those of another version.
function refusal(schema) {
  const { text } = new careless_maker(schema, d).make();
  const ours = (e) => /@(defer|stream)[^ ]*"? (can|must)|Defer|Stream|stream directives/.test(e.message);
  const all = g.validate(schema, g.parse(text), undefined, { maxErrors: 1000 });
  const errors = all.filter(ours);
  if (errors.length === 0 || all.some((e) => / may not be used /.test(e.message))) return undefined;
  const expected = errors.map(({ message, locations }) => ({
    message,
    locations: locations.map(({ line, column }) => ({ line, column })),
  }));
  return { kind: 'refusal', text, expected };
}

function usable_schema() {
  for (;;) {
    const made = make_schema(d);
    const text = made + directives + made.slice(made.indexOf('type Query')).replace(/type Mutation[^]*/, '').replace('Query', 'Subscription');
    try {
      const schema = g.buildSchema(text);
      if (g.validateSchema(schema).length === 0) return { text, schema };
    } catch (error) {
      // an argument's default that its type refuses: take another
    }
  }
}

async function one_case(schema) {
  const { text, variables } = new incremental_maker(schema, d).make();
  if (!/@(defer|stream)/.test(text)) return undefined;
  const document = g.parse(text);
  if (g.validate(schema, document).length > 0) return undefined;
  const result = await g.experimentalExecuteIncrementally({
    schema,
    document,
    variableValues: variables,
    rootValue: { seed: 1 },
    fieldResolver: resolve,
  });
  if (!result.initialResult && !('data' in result)) return undefined; // its words are newer
  const payloads = [];
  if (result.initialResult) {
    payloads.push(result.initialResult);
    for await (const one of result.subsequentResults) payloads.push(one);
  } else {
    payloads.push(result);
  }
  const expected = merged(JSON.parse(JSON.stringify(payloads)));
  if (expected.errors.some((e) => /^(Argument|Variable) "/.test(e.message))) return undefined; // too
  return { kind: 'case', text, variables: JSON.stringify(variables), expected };
}

async function repeatedly(schema, count) {
  const out = [];
  while (out.length < count) {
    let one;
    try {
      one = out.length % 4 === 3 ? refusal(schema) : await one_case(schema);
    } catch (error) {
      continue; // graphql-js refuses what its own validation passed
    }
    const line = one && JSON.stringify(one);
    if (line && line.length < longest) out.push(line);
  }
  return out;
}

async function run() {
  for (let i = 0; i < schemas; ++i) {
    const made = usable_schema();
    process.stdout.write(JSON.stringify({ kind: 'schema', text: made.text }) + '\n');
    process.stdout.write((await repeatedly(made.schema, per_schema)).join('\n') + '\n');
  }
}

run();
