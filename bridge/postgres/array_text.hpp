#pragma once

#include <pybind11/pybind11.h>

#include <string>

namespace puff::bridge::postgres {

/// Appends a list or tuple as the text of an array: None is NULL, lists and tuples within are
/// arrays, other items stand as in `encode_values`. False with an exception.
bool append_array(std::string& to, PyObject* items, PyObject* text_of);

/// pg_array_text(items, text_of) -> str: a list or tuple as the text of an array.
PyObject* array_text(PyObject*, PyObject* const* args, Py_ssize_t count);

}  // namespace puff::bridge::postgres
