#pragma once

#include <optional>

#include "services/graphql/execute/resolver.hpp"

namespace puff::graphql::internal {

/// A value for each parent, or why there is none for any.
struct shaped {
  column_ptr values;
  std::optional<field_failure> failure;
};

/// What an answer means for the parents of a field; not for `by_sql`, whose rows come first.
shaped shape(const plan_field& f, const row_set& parents, answer given);

/// The rows of a statement as the answer that they are: `correlated` with keys, else `listed`.
answer of_rows(const plan_field& f, row_set_ptr rows, std::vector<std::string> parent_keys,
               std::vector<std::string> child_keys);

/// "Author.posts", for messages.
std::string name_of(const plan_field& f);

}  // namespace puff::graphql::internal
