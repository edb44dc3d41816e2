#pragma once

#include <pybind11/pybind11.h>

namespace puff::bridge::postgres {

/// pg_copy_text(rows, size, text_of) -> bytes: takes rows, iterables of values, from an iterator
/// and puts them into COPY's text format, until there are `size` bytes or no more rows: then
/// nothing. What is no str, int, float, bool, bytes or None becomes `text_of(value)`, a str.
PyObject* copy_text(PyObject* module, PyObject* const* args, Py_ssize_t count);

}  // namespace puff::bridge::postgres
