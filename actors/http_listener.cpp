#include "actors/http_listener.hpp"

#include <algorithm>
#include <memory>

#include "actors/core/promise.hpp"

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
    const auto to = options_.applications[events.front().mount];
    auto is_his = [&](const auto& event) { return options_.applications[event.mount] == to; };
    request_events others;
    if (!std::all_of(events.begin(), events.end(), is_his)) {
      auto rest = std::stable_partition(events.begin(), events.end(), is_his);
      others.assign(std::make_move_iterator(rest), std::make_move_iterator(events.end()));
      events.erase(rest, events.end());
    }
    self_->send(to, serve_atom::value, request_batch{std::move(events)});
    events = std::move(others);
  }
}

caf::delegated<drain_atom> http_listener::drain() {
  auto owed = std::make_shared<promise<drain_atom>>(make_promise<drain_atom>(self_));
  server_->drain([owed] { owed->deliver(drain_atom::value); });
  return {};
}

}  // namespace puff
