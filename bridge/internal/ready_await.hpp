#pragma once

#include <pybind11/pybind11.h>

namespace puff::bridge::internal {

/// What can be awaited once and gives `value` (taken over) without letting anybody else run: for
/// calls on the asyncio thread whose answer is there. A new reference, or null with an exception.
PyObject* new_ready_await(PyObject* value);

}  // namespace puff::bridge::internal
