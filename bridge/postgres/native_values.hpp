#pragma once

#include <pybind11/pybind11.h>

#include <string>
#include <vector>

#include "schemas/sql.hpp"

namespace puff::bridge::postgres {

/// The values of $1, $2, .. as the server reads them: None is NULL, what has bytes is sent in
/// binary form, anything else as text, which `text_of(value)` makes for what is no exact str, int,
/// float or bool. `from` is any iterable. False with an exception.
bool encode_values(PyObject* from, PyObject* text_of, sql_values& to);

/// Appends an exact int or float as Python writes it. False with an exception.
bool append_number(std::string& to, PyObject* value);

/// Whether a value is sent in binary form: bytes, bytearray or memoryview.
bool has_bytes(PyObject* value);

/// Appends bytes as hexadecimal digits with the backslash before them doubled, as texts want it
/// where a backslash means something. False with an exception.
bool append_escaped_hex(std::string& to, PyObject* value);

/// A set of values for each item of an iterable. ValueError if they differ in length, TypeError if
/// one place has bytes in some of them only.
bool encode_sets(PyObject* from, PyObject* text_of, std::vector<sql_values>& to);

/// Makes a statement that is bound of (sql, values, text_of, binary_results).
bool read_statement(PyObject* const* args, sql_request& request);

}  // namespace puff::bridge::postgres
