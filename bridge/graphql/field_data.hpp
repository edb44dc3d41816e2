#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/core/loop.hpp"
#include "bridge/graphql/kept_object.hpp"
#include "bridge/graphql/python_context.hpp"
#include "services/graphql/execute/resolver.hpp"

namespace puff::bridge::graphql {

/// The objects of a layer as resolvers in Python see them, and what these share. One for all fields
/// of the layer.
struct layer_data {
  std::size_t rows = 0;
  std::vector<std::pair<std::string, puff::graphql::column_ptr>> columns;
  puff::graphql::column_ptr objects;  ///< addresses of the Python objects, if they are needed
  kept_object cache;                  ///< a dict; made when first asked for, with the GIL

  const puff::graphql::column* find(std::string_view name) const noexcept;
};

/// One call of a resolver, as plain data: what its Python side may look at, however long it lives.
struct field_data {
  std::string title;  ///< "Query.books"
  std::string field_name;
  std::string type_name;  ///< of the parents
  puff::graphql::value_object arguments;
  std::vector<std::string> required_columns;
  std::shared_ptr<layer_data> layer;
  std::shared_ptr<python_context> context;  ///< may be null
  loop* home = nullptr;  ///< the execution's; null: it runs here and now, in a plain Python
  bool is_root = false;
  bool is_mutation = false;
  std::weak_ptr<puff::graphql::sql_executor> sql;  ///< of the request; for the home loop alone
};

/// Takes from the call what Python may need. On the execution's thread.
std::shared_ptr<field_data> data_of(const puff::graphql::field_call& call);

/// The Python object of such data, `_puff.GraphqlCall`: a new reference, or null with an exception.
PyObject* new_call_object(std::shared_ptr<const field_data> data);
/// The data in such an object; null with an exception if `object` is none.
std::shared_ptr<const field_data> data_in_call(PyObject* object);

/// Adds the type to the module. Once, at import.
bool add_call_type(PyObject* module);

}  // namespace puff::bridge::graphql
