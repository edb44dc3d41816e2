#pragma once

#include <caf/actor_control_block.hpp>

namespace puff {

/// Tells an actor to end when it has handled the mail that waits for it now.
void tell_to_end(const caf::strong_actor_ptr& actor);

/// Ends an actor before it takes any other mail, whatever it thinks of it. What waits is answered
/// `unavailable`.
void kill(const caf::strong_actor_ptr& actor);

}  // namespace puff
