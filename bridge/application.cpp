#include "bridge/application.hpp"

namespace puff::bridge {

application::application(self_pointer<interface> self, python_thread& thread,
                         exchange_table& exchanges,
                         const std::vector<std::unique_ptr<gateway>>& mounts)
    : self_(self), thread_(thread), exchanges_(exchanges), mounts_(mounts) {
  thread_.self = self_;
}

application::~application() { thread_.self = nullptr; }

application::interface::behavior_type application::make_behavior() {
  return {[this](serve_atom, request_batch& batch) { serve(batch.take()); }};
}

void application::serve(request_events events) {
  auto sender = caf::actor_cast<http_listener_actor>(self_->current_sender());
  if (!sender) return;
  auto listener = exchanges_.out.number_of(sender);
  for (auto& event : events) {
    if (event.what == request_event::kind::begin)
      mounts_[event.mount]->begin(exchanges_, listener, event.id, std::move(event.head));
    else if (auto* known = exchanges_.find(listener, event.id))
      known->take(event);
  }
}

}  // namespace puff::bridge
