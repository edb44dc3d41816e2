// graphql-js as the oracle, 16 and 17: makes cases from a seed and answers them.
//   node oracle.js SEED COUNT > FILE      cases with the answers expected
// Says on the standard error how often the two differ and why; ends with status 1 if differences.js
// does not know why.
'use strict';

const fs = require('fs');
const path = require('path');
const g = require('graphql');
const { oracle_of, own_faults } = require('./answers.js');
const { make } = require('./cases.js');
const { defaults_of, reconcile } = require('./differences.js');

function texts() {
  const folder = path.join(__dirname, 'schemas');
  return fs
    .readdirSync(folder)
    .sort()
    .map((file) => ({
      kind: 'schema',
      name: path.basename(file, '.graphql'),
      text: fs.readFileSync(path.join(folder, file), 'utf8'),
    }));
}

function run([seed, count]) {
  const [sixteen, seventeen] = ['graphql', 'graphql-17'].map(oracle_of);
  const kept = texts();
  const out = kept.map((one) => JSON.stringify(one));
  for (const one of kept) [sixteen, seventeen].forEach((oracle) => oracle.keep(one));

  const schema_of = (one) => {
    const document = g.parse(one.text);
    return one.kind === 'extend' ? g.extendSchema(sixteen.schemas.get(one.schema), document) : g.buildASTSchema(document);
  };
  const tally = new Map();
  let unexplained = 0;
  for (const one of make(Number(seed), Number(count), kept, sixteen.schemas)) {
    const answers = [sixteen, seventeen].map((oracle) => oracle.answer(one));
    if (answers[1].unusable === own_faults) continue; // nothing to compare with
    const found = reconcile(one, ...answers, () => defaults_of(schema_of(one), g.print));
    if (!found) {
      if (++unexplained <= 5) console.error('UNEXPLAINED', JSON.stringify({ ...one, answers }));
      continue;
    }
    for (const why of found.why) tally.set(why, (tally.get(why) ?? 0) + 1);
    if (!found.expected) continue;
    const line = JSON.stringify({ ...one, expected: found.expected });
    if (!/\\ud[89a-f]/.test(line)) out.push(line); // halves of characters are no JSON for others
  }
  for (const [why, times] of tally) console.error(`${String(times).padStart(6)}  ${why}`);
  console.error(`${String(unexplained).padStart(6)}  without an explanation`);
  process.stdout.write(out.join('\n') + '\n');
  process.exitCode = unexplained > 0 ? 1 : 0;
}

run(process.argv.slice(2));
