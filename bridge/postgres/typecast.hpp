#pragma once

#include <pybind11/pybind11.h>

#include <string_view>

#include "bridge/postgres/cast_values.hpp"

namespace puff::bridge::postgres {

/// A typecaster, `PgTypecast` in Python: makes Python objects of PostgreSQL's values of some types.
/// It is psycopg2's type object: `name`, `values` (OIDs), callable with (text or None, cursor), and
/// equal to every OID it is for.
struct typecaster {
  PyObject_HEAD PyObject* name;
  PyObject* values;        ///< tuple of int
  PyObject* python;        ///< a callable (text or None, cursor), or null
  PyObject* item;          ///< the typecaster of an array's items, or null
  cast_function built_in;  ///< or null
};

bool is_typecaster(PyObject* object) noexcept;

/// The value through `caster`, a typecaster. `is_null` needs no text.
PyObject* cast_value(PyObject* caster, std::string_view text, bool is_null, cast_context& context);

/// Whether the casting runs none of the program's Python code.
bool is_built_in(PyObject* caster) noexcept;

/// A list, perhaps of lists, of an array's text, its items through `item`; DataError if malformed.
PyObject* cast_array(PyObject* item, std::string_view text, cast_context& context);

/// Adds the type PgTypecast and the built-in typecasters: `pg_typecasts`, a dict by name.
bool add_typecasts(PyObject* module);

/// pg_new_type(oids, name, adapter) and pg_new_array_type(oids, name, item).
PyObject* new_type(PyObject* module, PyObject* args, PyObject* keywords);
PyObject* new_array_type(PyObject* module, PyObject* args, PyObject* keywords);

}  // namespace puff::bridge::postgres
