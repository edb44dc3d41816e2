// What one edition of graphql-js (a package's name) answers to the cases of this folder.
'use strict';

const own_faults = 'graphql-js fails'; // an answer that is none

function oracle_of(name) {
  const g = require(name);
  const { validateSDL } = require(`${name}/validation/validate.js`);
  const schemas = new Map();
  const closed = [...g.specifiedRules, g.NoSchemaIntrospectionCustomRule];

  const shown = (errors) => ({
    errors: errors.map((e) => ({
      message: e.message,
      at: (e.locations ?? []).map((l) => [l.line, l.column]),
    })),
  });

  function attempt(work) {
    try {
      return work();
    } catch (error) {
      return error instanceof g.GraphQLError ? shown([error]) : { unusable: own_faults };
    }
  }

  function built(make_schema, document, base) {
    const first = validateSDL(document, base);
    if (first.length > 0) return shown(first);
    const schema = make_schema();
    const second = g.validateSchema(schema);
    return second.length > 0 ? shown(second) : { printed: g.printSchema(schema) };
  }

  function schema_of(text) {
    const document = g.parse(text);
    if (validateSDL(document).length > 0) return undefined;
    const made = g.buildASTSchema(document);
    return g.validateSchema(made).length > 0 ? undefined : made;
  }

  function changes(one) {
    const before = schemas.get(one.before);
    let after;
    try {
      after = schema_of(one.text);
    } catch (error) {
      if (!(error instanceof g.GraphQLError)) throw error;
    }
    if (!after) return { unusable: true };
    const breaking = g.findBreakingChanges(before, after);
    const all = [...breaking, ...g.findDangerousChanges(before, after)];
    return { changes: all.map(({ type, description }) => ({ type, description })) };
  }

  function sdl(one) {
    const document = g.parse(one.text);
    return built(() => g.buildASTSchema(document), document);
  }

  function extend(one) {
    const document = g.parse(one.text);
    const base = schemas.get(one.schema);
    return built(() => g.extendSchema(base, document), document, base);
  }

  function check(one) {
    const rules = one.closed ? closed : g.specifiedRules;
    const options = { hideSuggestions: one.hide === true };
    return shown(g.validate(schemas.get(one.schema), g.parse(one.text), rules, options));
  }

  const kinds = { sdl, extend, changes, check, print: (one) => ({ printed: g.print(g.parse(one.text)) }) };

  return {
    schemas,
    keep: (one) => schemas.set(one.name, g.buildSchema(one.text)),
    answer: (one) => attempt(() => kinds[one.kind](one)),
  };
}

module.exports = { oracle_of, own_faults };
