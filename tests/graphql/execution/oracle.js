// graphql-js as the oracle of executions.
//   node oracle.js SCHEMAS PER_SCHEMA SEED > FILE    schemas, cases and the responses expected
'use strict';

const g = require('graphql');
const { dice } = require('./dice.js');
const { make_schema, document_maker } = require('./cases.js');
const resolve = require('./values.js').resolver_of(g);

const [schemas, per_schema, seed] = process.argv.slice(2).map(Number);
const longest = 4000;
const d = new dice(seed);

function usable_schema() {
  for (;;) {
    const text = make_schema(d);
    try {
      const schema = g.buildSchema(text);
      if (g.validateSchema(schema).length === 0) return { text, schema };
    } catch (error) {
      // an argument's default that its type refuses: take another
    }
  }
}

function one_case(schema) {
  const { text, variables } = new document_maker(schema, d).make();
  const document = g.parse(text);
  if (g.validate(schema, document).length > 0) return undefined;
  const response = g.executeSync({
    schema,
    document,
    variableValues: variables,
    rootValue: { seed: 1 },
    fieldResolver: resolve,
  });
  return { kind: 'case', text, variables: JSON.stringify(variables), expected: JSON.parse(JSON.stringify(response)) };
}

function repeatedly(schema, count) {
  const out = [];
  while (out.length < count) {
    let made;
    try {
      made = one_case(schema);
    } catch (error) {
      continue; // graphql-js refuses what its own validation passed
    }
    const line = made && JSON.stringify(made);
    if (line && line.length < longest) out.push(line);
  }
  return out;
}

for (let i = 0; i < schemas; ++i) {
  const { text, schema } = usable_schema();
  process.stdout.write(JSON.stringify({ kind: 'schema', text }) + '\n');
  process.stdout.write(repeatedly(schema, per_schema).join('\n') + '\n');
}
