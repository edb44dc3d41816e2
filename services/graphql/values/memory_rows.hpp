#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/graphql/values/column.hpp"
#include "services/graphql/values/value.hpp"

namespace puff::graphql {

/// Values in memory as a column. A null pointer is a null; `keep` owns what they point to.
column_ptr column_of(const std::vector<const value*>& values,
                     const std::shared_ptr<const void>& keep);

/// Objects in memory as rows: a column is made of a name when it is asked for. What is no object
/// has nothing but nulls.
row_set_ptr rows_of(std::vector<const value*> objects, std::shared_ptr<const void> keep);
/// The elements of a list, as rows.
row_set_ptr rows_of(value_list objects);
/// Rows whose columns are there already, all of one length.
row_set_ptr rows_of(std::vector<std::pair<std::string, column_ptr>> columns);
/// One object, as a row.
row_set_ptr row_of(value object);

}  // namespace puff::graphql
