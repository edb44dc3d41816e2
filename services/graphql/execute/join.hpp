#pragma once

#include <string>
#include <vector>

#include "services/graphql/execute/key_index.hpp"
#include "services/graphql/values/column.hpp"

namespace puff::graphql {

/// Which rows belong to which parents.
struct matches {
  std::vector<std::uint32_t> rows;     ///< the matched ones, by key; in their order within a key
  std::vector<cell::range> of_parent;  ///< ranges of `rows`; parents with the same key share one
};

/// Joins rows to parents on equal keys; a list of columns for each side, of equal length.
matches join(const std::vector<column_ptr>& parents, std::size_t parent_count,
             const std::vector<column_ptr>& children, std::size_t child_count);

/// Chosen rows of a set.
row_set_ptr picked(row_set_ptr rows, std::vector<std::uint32_t> which);
/// Chosen rows of a column.
column_ptr picked(column_ptr values, std::shared_ptr<const std::vector<std::uint32_t>> which);

/// A list of `items` for each parent.
column_ptr lists_of(column_ptr items, std::vector<cell::range> ranges);
/// At most one of `items` for each parent, the first of its range; null for an empty one.
/// `failures` answers for a range of more than one.
column_ptr first_of(column_ptr items, std::vector<cell::range> ranges,
                    const field_failure& if_several);
/// The rows themselves, as a column.
column_ptr objects_of(row_set_ptr rows);

/// The columns of these names; the error names the first that is not there.
struct key_columns {
  std::vector<column_ptr> columns;
  std::string missing;
};
key_columns find_columns(const row_set& rows, const std::vector<std::string>& names);

}  // namespace puff::graphql
