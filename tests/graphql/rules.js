'use strict';

const g = require('graphql');

// The rules of a server that does not describe itself.
exports.closed = [...g.specifiedRules, g.NoSchemaIntrospectionCustomRule];
