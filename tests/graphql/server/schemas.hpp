#pragma once

#include "services/graphql/plan/bindings.hpp"

/// Authors, posts and comments in PostgreSQL (tests/graphql/server/library.sql), all by SQL.
puff::graphql::bound_schema_ptr library_schema();

/// The schema that the tests of npm's graphql-ws and graphql-http expect, and what faults need.
puff::graphql::bound_schema_ptr fixture_schema();
