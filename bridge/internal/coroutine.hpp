#pragma once

#include <pybind11/pybind11.h>

namespace puff::bridge::internal {

/// What the methods `send` and `throw` of a coroutine in C return when a step of it ended like
/// this: `value`, or null with StopIteration or the exception that is set.
PyObject* finish_step(PySendResult how, PyObject* value);

/// Sets the exception that the arguments of a `throw` method name; false if they name none.
bool set_thrown(PyObject* const* args, Py_ssize_t count);

/// Lets `inner`, an iterator that an await stands on, raise the exception that is set.
PySendResult throw_into(PyObject* inner, PyObject** result);

/// What `await object` iterates over: a new reference, or null with an exception.
PyObject* await_iterator(PyObject* object);

}  // namespace puff::bridge::internal
