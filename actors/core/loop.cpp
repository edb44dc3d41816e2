#include "actors/core/loop.hpp"

#include "actors/core/end.hpp"

namespace puff {

loop::loop(caf::actor_system& system) : execution_unit(&system), outward_(&system) {}

loop::~loop() = default;

void loop::exec_later(caf::resumable* turn) {
  // CAF has added a reference for us.
  schedule(caf::intrusive_ptr<caf::resumable>{turn, false});
}

deadline_source::ticket loop::arm(clock::time_point when, deadline_wheel::callback what) {
  return deadlines_.arm(when, std::move(what));
}

bool loop::cancel(ticket armed) noexcept { return deadlines_.cancel(armed); }

deadline_source::clock::time_point loop::now() const noexcept { return clock::now(); }

void loop::run_turn(caf::intrusive_ptr<caf::resumable> turn) {
  if (turn->resume(&outward_, messages_per_turn) == caf::resumable::resume_later)
    schedule(std::move(turn));
}

void loop::adopt(caf::strong_actor_ptr actor) {
  if (stopping_) tell_to_end(actor);
  auto id = actor->id();
  pinned_.emplace(id, std::move(actor));
}

void loop::forget(caf::actor_id actor) {
  auto node = pinned_.extract(actor);
  if (finished()) on_finished();
}

void loop::stop() {
  post([this] {
    stopping_ = true;
    for (auto& [id, actor] : pinned_) tell_to_end(actor);
    if (finished()) on_finished();
  });
}

}  // namespace puff
