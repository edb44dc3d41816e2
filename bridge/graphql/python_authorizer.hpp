#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <string>

#include "services/graphql/authorizer.hpp"

namespace puff::bridge::graphql {

/// Asks the schema's `auth(headers)` in Python; who has none lets everybody in. PermissionDenied,
/// raised or returned, refuses with its text; any other exception is logged and refuses too. With
/// the GIL; throws pybind11's exceptions. `database` is the schema's pool.
std::shared_ptr<puff::graphql::authorizer> make_authorizer(pybind11::handle description,
                                                           std::string database);

}  // namespace puff::bridge::graphql
