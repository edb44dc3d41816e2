#pragma once

#include <pybind11/pybind11.h>

#include <string>

#include "bridge/postgres/quoting.hpp"

namespace puff::bridge::postgres {

/// Appends ARRAY[..] of a list, items by their adapters; '{}' forms where ARRAY cannot say it.
bool append_list(std::string& out, PyObject* list, PyObject* connection,
                 const quoting_style& style);

/// Makes what literals of dates and decimals need. Once, at import.
bool prepare_literals();

}  // namespace puff::bridge::postgres
