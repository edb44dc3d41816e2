#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <string_view>

namespace puff::bridge::postgres {

/// Makes a Python object of a value in PostgreSQL's binary form; null with an exception.
using binary_decoder = PyObject* (*)(std::string_view bytes);

/// Of the types whose binary form is worth asking for: bool, integers, floats, texts, bytea, json,
/// date, timestamps, uuid; null for any other. Timestamps with time zone are in UTC, json is a str,
/// infinite dates are those of Python that are furthest away.
binary_decoder find_binary_decoder(std::uint32_t type) noexcept;

/// pg_binary_rows(result) -> list of tuples | None: the rows of a PgResult in binary form, None if
/// a column has no decoder or is in text form.
PyObject* binary_rows(PyObject* module, PyObject* const* args, Py_ssize_t count);

/// pg_is_binary(result) -> bool: whether binary results of this statement could be decoded.
PyObject* could_be_binary(PyObject* module, PyObject* const* args, Py_ssize_t count);

/// Imports what the decoders need. Once, at import.
bool prepare_binary_values();

}  // namespace puff::bridge::postgres
