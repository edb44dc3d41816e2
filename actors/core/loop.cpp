#include "actors/core/loop.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <vector>

namespace puff {

loop::loop(caf::actor_system& system) : execution_unit(&system), outward_(&system) {}

loop::~loop() = default;

void loop::exec_later(caf::resumable* turn) {
  // CAF has added a reference for us.
  schedule(caf::intrusive_ptr<caf::resumable>{turn, false});
}

void loop::run_turn(caf::intrusive_ptr<caf::resumable> turn) {
  if (turn->resume(&outward_, messages_per_turn) == caf::resumable::resume_later)
    schedule(std::move(turn));
}

void loop::adopt(caf::strong_actor_ptr actor) {
  if (stopping_) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  const auto* key = actor.get()->get();
  pinned_.emplace(key, std::move(actor));
}

void loop::forget(const caf::abstract_actor* actor) {
  auto node = pinned_.extract(actor);
  if (finished()) on_finished();
}

void loop::stop() {
  post([this] {
    stopping_ = true;
    for (auto& [key, actor] : pinned_) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    if (finished()) on_finished();
  });
}

}  // namespace puff
