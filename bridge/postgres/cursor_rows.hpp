#pragma once

#include <pybind11/pybind11.h>

namespace puff::bridge::postgres {

/// The codec of a cursor that is a PgCursorRows, borrowed (None: UTF-8); null if it is none.
PyObject* codec_of_cursor(PyObject* cursor) noexcept;

/// Adds the type PgCursorRows, the base of the DB-API's cursors: their result, which row is next,
/// and `fetchone`. Its fields are attributes for the classes in Python. Once, at import.
bool add_cursor_rows_type(PyObject* module);

}  // namespace puff::bridge::postgres
