#pragma once

#include <pybind11/pybind11.h>

#include "schemas/pubsub.hpp"

namespace puff::bridge::internal {

/// The Python object of what a subscriber received: `PubSubMessage`, or `PubSubGap` if it is a gap
/// alone. The body is copied when Python asks for it. A new reference, or null with an exception.
PyObject* new_pubsub_item(pubsub_item item);

/// Adds both types to the module; false with an exception.
bool add_pubsub_message_types(PyObject* module);

}  // namespace puff::bridge::internal
