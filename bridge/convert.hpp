#pragma once

#include <pybind11/pybind11.h>

#include <string>

#include "schemas/redis_value.hpp"

namespace puff::bridge {

/// The Python value of a Redis reply: bytes, int, None, list; a status is bytes; a failure is an
/// instance of puff.redis.RedisError (not raised). Null with an exception if memory ran out.
PyObject* to_python(const redis_value& value);

/// Appends one command in wire form. Arguments may be bytes, str (as UTF-8), int or float. False
/// with an exception that names the argument.
bool append_command(redis_commands& commands, PyObject* arguments);

}  // namespace puff::bridge
