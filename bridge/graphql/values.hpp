#pragma once

#include <pybind11/pybind11.h>

#include <string>

#include "services/graphql/values/column.hpp"
#include "services/graphql/values/value.hpp"

namespace puff::bridge::graphql {

/// The Python object of an input value: None, bool, int, float, str (names of enums too), list,
/// dict. A new reference, or null with an exception.
PyObject* to_python(const puff::graphql::value& v);

/// The Python object of a cell: JSON is parsed, objects are dicts of their named columns.
PyObject* to_python(const puff::graphql::cell& c, const puff::graphql::column& of);

/// The cells of a column in a list.
PyObject* to_list(const puff::graphql::column& values);

/// Appends JSON of any Python value that has a natural form there: None, numbers, str, bytes as
/// base64, dates and times in ISO 8601, Decimal and UUID as texts, enums as their names, sequences,
/// mappings, dataclasses. False with an exception if it has none.
bool append_json(std::string& out, PyObject* value);

/// The text of a value that is not of JSON's own kinds: of dates, Decimal, UUID, bytes (base64),
/// enums (their names). `known` is false, without an exception, if it has none; a str otherwise,
/// or null with an exception.
PyObject* special_text(PyObject* value, bool& known);

/// What an error message says of a value: its repr, shortened.
std::string shown(PyObject* value);

/// A str's UTF-8; empty with the exception cleared if it has none (lone surrogates).
bool text_of(PyObject* str, std::string_view& text);

/// Imports what the conversions need. Once, at import.
bool prepare_values();

}  // namespace puff::bridge::graphql
