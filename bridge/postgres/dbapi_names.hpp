#pragma once

#include <pybind11/pybind11.h>

namespace puff::bridge::postgres {

/// What the C++ side of the driver knows of the package puff.postgres: interned attribute names,
/// and what the package hands over once with `pg_use`. References for the life of the process.
struct dbapi_names {
  PyObject* codec = nullptr;           ///< "_codec": of a cursor, name of Python's codec or None
  PyObject* tzinfo_factory = nullptr;  ///< "tzinfo_factory"
  PyObject* connection = nullptr;      ///< "connection"
  PyObject* as_string = nullptr;       ///< "as_string"
  PyObject* cursor = nullptr;          ///< "cursor"
  PyObject* closed = nullptr;          ///< "_closed": of a connection
  PyObject* cast = nullptr;            ///< "_cast": of a cursor, finds its typecasters
  PyObject* row_factory = nullptr;     ///< "row_factory"
  PyObject* fetch_first = nullptr;     ///< "_fetch_first": of a cursor, fetchone with all checks
  PyObject* ahead = nullptr;           ///< "_ahead": of a cursor, makes rows for an iteration
  PyObject* check_usable = nullptr;    ///< "_check_usable"

  PyObject* data_error = nullptr;
  PyObject* interface_error = nullptr;
  PyObject* programming_error = nullptr;
  PyObject* not_supported_error = nullptr;

  PyObject* adapters = nullptr;        ///< {(type, ISQLQuote): adapter}
  PyObject* defaults = nullptr;        ///< the adapters that C++ may stand in for: the same shape
  PyObject* quoted = nullptr;          ///< quoted(value, connection) -> bytes, by the adapters
  PyObject* composable = nullptr;      ///< class of sql.Composable
  PyObject* check_may_wait = nullptr;  ///< check_may_wait(): raises where nobody may wait
};

/// One for the process; the exceptions are RuntimeError until the package has been imported.
dbapi_names& names();

/// Makes the interned names. Once, at import.
bool prepare_names();

/// pg_use(**names): hands over what the package defines, and prepares the types of values.
PyObject* use_names(PyObject* module, PyObject* args, PyObject* keywords);

}  // namespace puff::bridge::postgres
