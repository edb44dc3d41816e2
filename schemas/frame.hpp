#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/actor.hpp"
#include "schemas/error.hpp"

/// What nodes send each other, as plain values; `proto/envelope.proto` is its form in Redis.
namespace puff {

/// A node in one of its lives: a name and a number drawn when it joined.
struct node_identity {
  std::string node;
  std::uint64_t epoch = 0;

  auto operator<=>(const node_identity&) const = default;
};

enum class frame_kind : std::uint8_t {
  unspecified,
  ask,
  tell,
  reply,
  failure,
  not_here,     ///< answers an ask: look again where the actor is
  stale_epoch,  ///< answers a bundle: its target's life is over
};

struct frame {
  frame_kind kind = frame_kind::unspecified;
  std::uint64_t correlation = 0;  ///< of an ask and of what answers it
  std::uint32_t budget_ms = 0;    ///< what is left of the asker's time
  std::string actor;
  actor_message what;     ///< of a reply: without a verb
  actor_failure failure;  ///< of a failure
  std::string trace;      ///< W3C trace context, if the sender has one
};

/// What lies in an inbox as one entry.
struct frame_bundle {
  static constexpr std::uint32_t protocol_spoken = 1;

  std::uint32_t protocol = protocol_spoken;
  node_identity source, target;
  std::uint64_t sequence = 0;  ///< grows by one with each bundle of this source for this target
  std::vector<frame> frames;
};

/// What a member tells of itself when it joins.
struct member_record {
  node_identity identity;
  std::uint32_t protocol = frame_bundle::protocol_spoken;
  std::string release, host;
  std::uint32_t pid = 0;
  std::int64_t joined_ms = 0;  ///< by its own clock, for people
};

std::string encode(const frame_bundle& bundle);
std::string encode(const member_record& member);
/// `bad_argument` if the bytes are something else. Kinds that this release does not know come as
/// `unspecified`, codes of errors as `internal`.
expected<frame_bundle> decode_bundle(std::string_view bytes);
expected<member_record> decode_member(std::string_view bytes);

}  // namespace puff
