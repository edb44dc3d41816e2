// graphql-js as the oracle: answers cases, or makes them from a seed and answers them.
//   node oracle.js make SEED COUNT > FILE      cases with the answers expected
//   node oracle.js answer < FILE               answers alone, a line for each case
'use strict';

const fs = require('fs');
const path = require('path');
const g = require('graphql');
const { validateSDL } = require('graphql/validation/validate.js');
const { closed } = require('./rules.js');
const { make } = require('./cases.js');

const schemas = new Map();

const shown = (errors) => ({
  errors: errors.map((e) => ({
    message: e.message,
    at: (e.locations ?? []).map((l) => [l.line, l.column]),
  })),
});

// Whatever is thrown by the parser is a GraphQLError; everything else is a fault of this program.
function attempt(work) {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof g.GraphQLError)) throw error;
    return shown([error]);
  }
}

function built(make_schema, document, base) {
  const first = validateSDL(document, base);
  if (first.length > 0) return shown(first);
  const schema = make_schema();
  const second = g.validateSchema(schema);
  return second.length > 0 ? shown(second) : { printed: g.printSchema(schema) };
}

function changes(one) {
  const schema = (text) => {
    const document = g.parse(text);
    if (validateSDL(document).length > 0) return undefined;
    const made = g.buildASTSchema(document);
    return g.validateSchema(made).length > 0 ? undefined : made;
  };
  const before = schemas.get(one.before);
  const after = schema(one.text);
  if (!after) return { unusable: true };
  const breaking = g.findBreakingChanges(before, after);
  const all = [...breaking, ...g.findDangerousChanges(before, after)];
  return { changes: all.map(({ type, description }) => ({ type, description })) };
}

function answer(one) {
  switch (one.kind) {
    case 'print':
      return attempt(() => ({ printed: g.print(g.parse(one.text)) }));
    case 'sdl':
      return attempt(() => {
        const document = g.parse(one.text);
        return built(() => g.buildASTSchema(document), document);
      });
    case 'extend':
      return attempt(() => {
        const document = g.parse(one.text);
        const base = schemas.get(one.schema);
        return built(() => g.extendSchema(base, document), document, base);
      });
    case 'changes':
      return changes(one);
    default:
      return attempt(() => {
        const rules = one.closed ? closed : g.specifiedRules;
        const options = { hideSuggestions: one.hide === true };
        return shown(g.validate(schemas.get(one.schema), g.parse(one.text), rules, options));
      });
  }
}

// The edition of 2025 wants one field of a subscription and no conditions on it; graphql-js 16 accepts
// none and fails on some conditions.
function is_of_another_edition(text) {
  return /subscription[^]*@(skip|include)/.test(text) || /subscription[^{]*\{\s*\.\.\./.test(text);
}

function keep(one) {
  schemas.set(one.name, g.buildSchema(one.text));
}

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

function run() {
  const [mode, seed, count] = process.argv.slice(2);
  const out = [];
  if (mode === 'make') {
    const kept = texts();
    kept.forEach(keep);
    kept.forEach((one) => out.push(JSON.stringify(one)));
    for (const one of make(Number(seed), Number(count), kept, schemas)) {
      if (is_of_another_edition(one.text)) continue;
      let expected;
      try {
        expected = answer(one);
      } catch (error) {
        continue; // graphql-js itself fails, there is nothing to compare with
      }
      const line = JSON.stringify({ ...one, expected });
      if (!/\\ud[89a-f]/.test(line)) out.push(line); // halves of characters are no JSON for others
    }
  } else {
    for (const line of fs.readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
      const one = JSON.parse(line);
      if (one.kind === 'schema') keep(one);
      else out.push(JSON.stringify(answer(one)));
    }
  }
  process.stdout.write(out.join('\n') + '\n');
}

run();
