#pragma once

#include <pybind11/pybind11.h>

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bridge/graphql/kept_object.hpp"
#include "services/graphql/schema/schema.hpp"

namespace puff::bridge::graphql {

/// What reading Python objects needs to know of a schema's classes. Filled while a schema is
/// loaded, then only read, with the GIL.
class schema_objects {
 public:
  /// The column of rows of `type` is this attribute (or key of a dict) of its objects.
  void add_column(std::string_view type, std::string column, PyObject* attribute);
  /// Objects of the class, and of classes derived from it, are of this type.
  void add_class(PyObject* python_class, std::string type);
  /// Values of the scalar go through this function.
  void add_serializer(std::string scalar, PyObject* function);
  /// Names the type of an object of no known class; None: not known.
  void set_type_resolver(std::string type, PyObject* function);

  /// The attribute that gives a column, interned: its own name unless another was given. A new
  /// reference.
  PyObject* attribute_of(std::string_view type, std::string_view column) const;
  /// The name of the type of an object that a field of the abstract type gave; empty: not known.
  std::string type_of(PyObject* object, std::string_view abstract_type) const;
  /// Null: there is none.
  PyObject* serializer_of(std::string_view scalar) const noexcept;

 private:
  std::string resolved(PyObject* object, PyObject* function) const;

  std::unordered_map<std::string, kept_object> attributes_;  // by "Type.column"
  std::unordered_map<PyTypeObject*, std::string> types_;
  std::vector<kept_object> classes_;
  std::unordered_map<std::string, kept_object> serializers_;
  std::unordered_map<std::string, kept_object> resolvers_;
};

}  // namespace puff::bridge::graphql
