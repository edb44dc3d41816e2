#pragma once

#include "bridge/graphql/columns.hpp"
#include "services/graphql/execute/resolver.hpp"

namespace puff::bridge::graphql {

/// What a resolver in Python returned, as the engine's answer: see the documentation of
/// `puff.graphql` for the conventions. What is wrong with it becomes the field's error. With the
/// GIL; `value` is borrowed, null stands for the exception that is set, which is cleared.
puff::graphql::answer answer_of(PyObject* value, const schema_objects& names,
                                const puff::graphql::plan_field& field);

}  // namespace puff::bridge::graphql
