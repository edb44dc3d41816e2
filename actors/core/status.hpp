#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/atom.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/core/gauge.hpp"

namespace puff {

enum class actor_state : std::uint8_t {
  starting,  ///< has not come up yet
  running,
  down,     ///< has ended and will be started again
  stopped,  ///< has ended for good
};

std::string_view name_of(actor_state state) noexcept;

/// What is known of one actor and of those below it. Plain values.
struct actor_status {
  std::string name = {};
  actor_state state = actor_state::starting;
  std::uint64_t waiting = 0;    ///< messages in its mailbox
  std::uint64_t handled = 0;    ///< messages taken out of it, over all restarts
  std::uint64_t refused = 0;    ///< asks answered `overloaded`
  std::uint64_t restarts = 0;   ///< starts after the first
  std::string last_error = {};  ///< why it was down last; empty if it never was
  std::vector<std::pair<std::string, std::uint64_t>> details = {};  ///< counters of its own
  std::vector<actor_status> children = {};
};

/// The part of a status that the gauge knows; does not bother the actor.
void read_gauge(const gauge& counts, actor_status& into);

/// One JSON object; children are objects below it.
std::string to_json(const actor_status& status);

/// A table for people: a line per actor, children indented, columns aligned.
std::string to_text(const actor_status& status);

/// "Tell your status": answered by supervisors.
using status_atom = caf::atom_constant<caf::atom("status")>;

}  // namespace puff

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(puff::actor_status)
