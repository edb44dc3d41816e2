#pragma once

#include <pybind11/pybind11.h>

#include <optional>
#include <string>
#include <string_view>

#include "schemas/sql.hpp"

namespace puff::bridge::postgres {

/// A statement of the DB-API with $1, $2, .. for its %s.
struct bindable_statement {
  std::string text;
  std::size_t places = 0;
};

/// The statement, if an int4 bound to each of its places means the same as its literal there: a
/// single SELECT, UPDATE or DELETE without quotes, in which every %s is what a column is compared
/// with, and nothing behind it could be part of its expression. docs/decisions/0013 says why.
std::optional<bindable_statement> as_bindable(std::string_view sql);

/// Makes `request`, a simple one, one with bound values, if `query` has come often enough, is
/// bindable, and `vars` are integers of four bytes that are adapted as ever. False with an
/// exception.
bool bind_if_repeated(PyObject* query, PyObject* vars, sql_request& request);

}  // namespace puff::bridge::postgres
