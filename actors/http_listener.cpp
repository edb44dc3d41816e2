#include "actors/http_listener.hpp"

#include <algorithm>
#include <memory>

#include "actors/core/shared_promise.hpp"
#include "services/http/response_writer.hpp"

namespace puff {

http_listener::http_listener(self_pointer<interface> self, boost::asio::io_context& io,
                             http_listener_options options,
                             parcel<std::vector<http::acceptor>> sockets)
    : self_(self), io_(io), options_(std::move(options)), sockets_(std::move(sockets)) {}

http_listener::interface::behavior_type http_listener::make_behavior() {
  server_.emplace(io_, self_->home()->deadlines(), options_.server,
                  static_cast<http::application_port&>(*this));
  for (auto& socket : sockets_.take()) server_->listen(std::move(socket));
  return {
      [this](answer_atom, response_batch& parts) { server_->answer(parts.take()); },
      [this](drain_atom) { return drain(); },
  };
}

void http_listener::serve(request_events events) {
  while (!events.empty()) {
    const auto mount = events.front().mount;
    const auto to = options_.applications[mount].get();
    auto is_his = [&](const auto& event) {
      return event.mount == mount || options_.applications[event.mount].get() == to;
    };
    request_events others;
    if (!std::all_of(events.begin(), events.end(), is_his)) {
      auto rest = std::stable_partition(events.begin(), events.end(), is_his);
      others.assign(std::make_move_iterator(rest), std::make_move_iterator(events.end()));
      events.erase(rest, events.end());
    }
    if (to)
      self_->send(*to, serve_atom::value, request_batch{std::move(events)});
    else
      refuse(events);
    events = std::move(others);
  }
}

void http_listener::refuse(const request_events& events) {
  response_parts parts;
  for (const auto& event : events) {
    if (event.what != request_event::kind::begin) continue;
    auto down = http::plain_answer(503, "the application is down");
    auto& part = parts.emplace_back();
    part.id = event.id;
    part.has_head = part.last = true;
    part.head = std::move(down.head);
    part.data = std::move(down.body);
  }
  server_->answer(std::move(parts));
}

caf::delegated<drain_atom> http_listener::drain() {
  auto owed = make_shared_promise<drain_atom>(self_);
  server_->drain([owed] { owed->deliver(drain_atom::value); });
  return {};
}

}  // namespace puff
