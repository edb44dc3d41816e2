#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/atom.hpp>
#include <memory>
#include <vector>

#include "schemas/redis_value.hpp"
#include "schemas/request.hpp"
#include "schemas/response.hpp"

namespace puff {

/// A payload that crosses threads without being copied: the sender gives it away, the one receiver
/// takes it. CAF may copy a message's tuple, so the content sits behind a shared pointer.
template <class T>
class parcel {
 public:
  parcel() = default;
  explicit parcel(T content) : content_(std::make_shared<T>(std::move(content))) {}
  /// The content; for the one receiver, once.
  T take() const { return content_ ? std::move(*content_) : T{}; }

 private:
  std::shared_ptr<T> content_;
};

using request_batch = parcel<request_events>;
using response_batch = parcel<response_parts>;
using redis_request = parcel<redis_commands>;
using redis_reply = parcel<std::vector<redis_value>>;

// Verbs. Texts have at most ten characters.
using serve_atom = caf::atom_constant<caf::atom("serve")>;      ///< events for an application
using answer_atom = caf::atom_constant<caf::atom("answer")>;    ///< parts for a listener
using command_atom = caf::atom_constant<caf::atom("command")>;  ///< commands for Redis
using drain_atom = caf::atom_constant<caf::atom("drain")>;  ///< finish what you have, take no more
using check_atom = caf::atom_constant<caf::atom("check")>;  ///< are you able to work?

}  // namespace puff

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::request_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::response_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::redis_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::redis_reply)
