#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/graphql/execute/sql_executor.hpp"
#include "services/graphql/plan/bindings.hpp"
#include "services/graphql/values/column.hpp"

namespace puff::graphql {

/// A declared statement with everything bound, or why that cannot be done. There is none, without a
/// reason, if no parent has a key: then there is nothing to ask. With very many keys there are
/// several, each for some of them.
struct bound_statements {
  std::vector<sql_statement> statements;
  std::string fault;
};

/// Binds arguments, and the distinct keys of the parents in their order, one array per column of
/// the key, of at most `max_keys`. Parents with a null in their key have none.
bound_statements bind_keys(const sql_field& declared, const row_set& parents,
                           const value_object& arguments, std::size_t max_keys);

/// A value as the text that PostgreSQL reads; none is NULL. Lists are arrays, objects JSON.
std::optional<std::string> sql_text(const value& v);

}  // namespace puff::graphql
