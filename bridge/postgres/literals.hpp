#pragma once

#include <pybind11/pybind11.h>

#include <string>

#include "bridge/postgres/quoting.hpp"

namespace puff::bridge::postgres {

/// Appends ARRAY[..] of a list, items by their adapters; '{}' forms where ARRAY cannot say it.
bool append_list(std::string& out, PyObject* list, PyObject* connection,
                 const quoting_style& style);

/// Whether the value's literal is written by C++ as ever: nobody has registered another adapter for
/// its type. To be asked when the last literal was written just before.
bool is_written_here(PyObject* value);

/// Makes what literals of dates and decimals need. Once, at import.
bool prepare_literals();

}  // namespace puff::bridge::postgres
