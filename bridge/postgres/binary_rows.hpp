#pragma once

#include <pybind11/pybind11.h>

namespace puff::bridge::postgres {

/// pg_binary_rows(result, most) -> list of tuples | None: the rows of a PgResult in binary form, at
/// most so many; None if a column has no decoder or is in text form.
PyObject* binary_rows(PyObject* module, PyObject* const* args, Py_ssize_t count);

/// pg_binary_records(result, most) -> list of Record | None: the same with names.
PyObject* binary_records(PyObject* module, PyObject* const* args, Py_ssize_t count);

/// pg_records(result, rows) -> list of Record: rows, a list of tuples, with the result's names.
PyObject* make_records(PyObject* module, PyObject* const* args, Py_ssize_t count);

/// pg_is_binary(result) -> bool: whether binary results of this statement could be decoded.
PyObject* could_be_binary(PyObject* module, PyObject* const* args, Py_ssize_t count);

}  // namespace puff::bridge::postgres
