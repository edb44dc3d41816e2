#pragma once

#include <pybind11/pybind11.h>

namespace puff::bridge::postgres {

/// A row with names, `Record` in Python: r[0], r["name"], r[1:], len, iteration over the values,
/// keys(), values(), items(), get(). It is equal to a tuple of its values.

/// pg_records(names, rows) -> list: the rows, tuples of as many values as names, as records.
PyObject* make_records(PyObject* module, PyObject* const* args, Py_ssize_t count);

/// Adds the type Record. Once, at import.
bool add_record_type(PyObject* module);

}  // namespace puff::bridge::postgres
