#pragma once

#include <pybind11/pybind11.h>

#include <string>
#include <vector>

#include "bridge/graphql/schema_objects.hpp"
#include "services/graphql/plan/plan.hpp"
#include "services/graphql/values/column.hpp"

namespace puff::bridge::graphql {

/// The column of parents that holds the Python objects themselves, for methods of instances; its
/// cells are integers, which are their addresses, and it keeps them alive.
inline constexpr std::string_view self_column = "__self__";

/// Makes columns of what resolvers in Python return: values of one field, of which `selected` are
/// the selections (several if it has several aliases). Of objects only the attributes are read that
/// their selections name. Everything that goes wrong with a value becomes an error in its place.
///
/// With the GIL; reading attributes may run Python code, which may even wait.
class column_reader {
 public:
  column_reader(const schema_objects& names, std::string title)
      : names_(names), title_(std::move(title)) {}

  using selections = std::vector<const puff::graphql::plan_field*>;

  /// One cell for each value. `type` is the values' type.
  puff::graphql::column_ptr read(const std::vector<PyObject*>& values,
                                 const puff::graphql::type_ref& type,
                                 const selections& selected) const;

  /// Objects as rows, with these columns beside the selected ones; None is no row.
  puff::graphql::row_set_ptr rows(const std::vector<PyObject*>& objects,
                                  const puff::graphql::type_ref& type, const selections& selected,
                                  const std::vector<std::string>& further) const;

 private:
  class maker;
  struct wanted;
  wanted columns_of(const selections& selected) const;
  puff::graphql::column_ptr attribute_column(const std::vector<PyObject*>& objects,
                                             const std::vector<std::string>& types,
                                             const std::string& column,
                                             const puff::graphql::type_ref& type,
                                             const selections& selected) const;

  const schema_objects& names_;
  const std::string title_;
};

/// What a client learns of an exception, which is logged unless it is meant for clients.
/// `exception` is an instance.
puff::graphql::field_failure failure_of(PyObject* exception, const std::string& title);
/// The same of the exception that is set, which is cleared.
puff::graphql::field_failure take_failure(const std::string& title);

}  // namespace puff::bridge::graphql
