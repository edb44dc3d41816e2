#pragma once

#include <pybind11/pybind11.h>

#include <string>

#include "schemas/sql.hpp"

namespace puff::bridge::postgres {

/// Readers of arguments: false with a TypeError or ValueError that says what was expected.

bool read_timeout(PyObject* from, long long& timeout_ms);
/// A str as UTF-8.
bool read_text(PyObject* from, std::string& text);
/// bytes, or anything that gives its bytes.
bool read_bytes(PyObject* from, std::string& bytes);
/// A tuple of bytes and None.
bool read_values(PyObject* from, sql_values& values);
/// A tuple of OIDs.
bool read_types(PyObject* from, std::vector<std::uint32_t>& types);
/// A tuple of bool, which of the values are in binary form; empty: none.
bool read_binary(PyObject* from, sql_values& values);
/// A truth value.
bool read_truth(PyObject* from, bool& truth);

}  // namespace puff::bridge::postgres
