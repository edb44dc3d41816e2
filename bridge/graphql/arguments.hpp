#pragma once

#include <pybind11/pybind11.h>

#include <optional>
#include <string>

#include "schemas/header_block.hpp"

/// Readers of arguments: false with a TypeError.
namespace puff::bridge::graphql {

bool read(PyObject* from, std::string& to);
/// None is none.
bool read(PyObject* from, std::optional<std::string>& to);
/// A list of pairs of str.
bool read(PyObject* from, header_block& to);

/// A str of UTF-8; what is none in it is replaced.
PyObject* new_text(std::string_view utf8);

}  // namespace puff::bridge::graphql
