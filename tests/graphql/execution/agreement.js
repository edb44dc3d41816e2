// Whether graphql-js 17 gives the responses that 16 gave: data and errors with places and paths. The
// words of a wrong variable or argument may be others, 17 has shorter ones.
//   node agreement.js FILE    status 1 if a response differs otherwise
'use strict';

const fs = require('fs');
const g = require('graphql-17');
const { resolver_of } = require('./values.js');

const resolve = resolver_of(g);
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const of_input = ({ message }) => /^(Variable|Argument) "/.test(message);
const place = ({ locations, path }) => JSON.stringify([locations, path]);

// The places that errors about the input are at, and all other errors as they are.
function bones({ data, errors = [] }) {
  const places = [...new Set(errors.filter(of_input).map(place))].sort();
  return { data, places, others: errors.filter((error) => !of_input(error)) };
}

function response_to(schema, { text, variables }) {
  const response = g.executeSync({
    schema,
    document: g.parse(text),
    variableValues: JSON.parse(variables),
    rootValue: { seed: 1 },
    fieldResolver: resolve,
  });
  return JSON.parse(JSON.stringify(response));
}

const tally = { equal: 0, 'in other words': 0, different: 0 };
let schema;
for (const line of fs.readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean)) {
  const one = JSON.parse(line);
  if (one.kind === 'schema') {
    schema = g.buildSchema(one.text);
    continue;
  }
  const response = response_to(schema, one);
  if (same(response, one.expected)) ++tally.equal;
  else if (same(bones(response), bones(one.expected))) ++tally['in other words'];
  else if (++tally.different <= 5) console.log(JSON.stringify({ ...one, response }));
}
console.log(Object.entries(tally).map(([what, times]) => `${times} ${what}`).join(', '));
process.exitCode = tally.different > 0 || tally.equal === 0 ? 1 : 0;
