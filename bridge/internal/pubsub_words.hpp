#pragma once

#include <pybind11/pybind11.h>

#include <string>

#include "actors/core/resource.hpp"
#include "actors/interfaces.hpp"

namespace puff::bridge::internal {

/// The hub of the `[[pubsub]]` table that Python names; null with a LookupError.
const resource<pubsub_hub_actor>* hub_named(PyObject* pool);

/// str as UTF-8, or anything with bytes in it; false with an exception.
bool read_text(PyObject* object, std::string& into);

}  // namespace puff::bridge::internal
