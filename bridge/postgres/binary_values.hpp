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

/// Imports what the decoders need. Once, at import.
bool prepare_binary_values();

}  // namespace puff::bridge::postgres
