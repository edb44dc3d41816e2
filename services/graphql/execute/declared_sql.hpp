#pragma once

#include <optional>
#include <string>

#include "services/graphql/execute/sql_executor.hpp"
#include "services/graphql/plan/bindings.hpp"
#include "services/graphql/values/column.hpp"

namespace puff::graphql {

/// A declared statement with everything bound, or why that cannot be done. `statement` is none,
/// without a reason, if no parent has a key: then there is nothing to ask.
struct bound_statement {
  std::optional<sql_statement> statement;
  std::string fault;
};

/// Binds arguments, and the distinct keys of the parents in their order, one array per column of
/// the key. Parents with a null in their key have none.
bound_statement bind_keys(const sql_field& declared, const row_set& parents,
                          const value_object& arguments);

/// A value as the text that PostgreSQL reads; none is NULL. Lists are arrays, objects JSON.
std::optional<std::string> sql_text(const value& v);

}  // namespace puff::graphql
