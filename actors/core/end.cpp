#include "actors/core/end.hpp"

#include <caf/exit_reason.hpp>
#include <caf/make_message.hpp>
#include <caf/message_id.hpp>
#include <caf/system_messages.hpp>

namespace puff {
namespace {

void send_exit(const caf::strong_actor_ptr& actor, caf::message_priority lane,
               caf::exit_reason why) {
  auto order = caf::exit_msg{actor->address(), make_error(why)};
  actor->enqueue(nullptr, caf::make_message_id(lane), caf::make_message(std::move(order)), nullptr);
}

}  // namespace

void tell_to_end(const caf::strong_actor_ptr& actor) {
  send_exit(actor, caf::message_priority::normal, caf::exit_reason::user_shutdown);
}

void kill(const caf::strong_actor_ptr& actor) {
  send_exit(actor, caf::message_priority::high, caf::exit_reason::kill);
}

}  // namespace puff
