#pragma once

#include <pybind11/pybind11.h>

#include "schemas/sql.hpp"

namespace puff::bridge::postgres {

/// A result as Python sees it, `PgResult`: takes over `result`. Null with an exception.
PyObject* new_result_object(sql_result result);

/// libpq's result within a PgResult; null with a TypeError if `object` is none.
const pg_result* result_of(PyObject* object);

/// Whether `casters` is a tuple of one typecaster for each column; else false with a TypeError.
bool fit_columns(PyObject* casters, int columns);

/// Adds the type PgResult. Once, at import.
bool add_result_type(PyObject* module);

/// pg_casters(result, maps, fallback) -> tuple: the typecaster of each column, by its OID in the
/// first of `maps` (a tuple of dicts or None) that has it, else `fallback`.
PyObject* find_casters(PyObject* module, PyObject* const* args, Py_ssize_t count);

}  // namespace puff::bridge::postgres
