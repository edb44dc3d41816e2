#pragma once

#include <pybind11/pybind11.h>

#include "services/postgres/result_view.hpp"

namespace puff::bridge::postgres {

/// A list of the rows [first, last) of a result, each value through the typecaster of its column
/// (`casters`, a tuple of as many). `factory` None: rows are tuples; a tuple of str: dicts with
/// these keys; list: lists; else factory(cursor) makes a row and its items are assigned.
PyObject* build_rows(puff::postgres::result_view view, int first, int last, PyObject* casters,
                     PyObject* cursor, PyObject* factory);

/// One row of a PgResult in the same manner, all its arguments checked. Null with an exception.
PyObject* build_row(PyObject* result, Py_ssize_t row, PyObject* casters, PyObject* cursor,
                    PyObject* factory);

}  // namespace puff::bridge::postgres
