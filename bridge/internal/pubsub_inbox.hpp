#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <string>

#include "actors/core/resource.hpp"
#include "actors/interfaces.hpp"
#include "services/pubsub/inbox.hpp"

namespace puff::bridge::internal {

/// The Python object of one subscriber, `PubSubInbox`: its `receive` waits, `close` ends it. When
/// it is forgotten its subscriptions end. A new reference, or null with an exception.
PyObject* new_pubsub_inbox(resource<pubsub_hub_actor> hub, pubsub::inbox_options options);

/// What the object fills from and where it subscribes; null with a TypeError for another object.
struct subscriber_side {
  std::shared_ptr<pubsub::inbox> inbox;
  resource<pubsub_hub_actor> hub;
};
const subscriber_side* subscriber_of(PyObject* object);

/// Adds the type to the module; false with an exception.
bool add_pubsub_inbox_type(PyObject* module);

}  // namespace puff::bridge::internal
