#include "actors/internal/graphql_desk.hpp"

#include "actors/internal/graphql_exchange.hpp"
#include "actors/internal/graphql_socket.hpp"

namespace puff::internal {

void graphql_desk::begin(std::uint32_t listener, request_event& event) {
  auto& place = clients[key_of(listener, event.id)];
  if (event.head->websocket) {
    auto made = std::make_shared<graphql_socket>(*this, listener, event.id, std::move(event.head));
    place = made;
    return made->open();
  }
  auto made = std::make_shared<graphql_exchange>(*this, listener, event.id, std::move(event.head));
  place = made;
  made->begin();
}

void graphql_desk::take(std::uint32_t listener, request_event& event) {
  using kind = request_event::kind;
  if (event.what == kind::begin) return begin(listener, event);
  const auto found = clients.find(key_of(listener, event.id));
  if (found == clients.end() || !(found->second->id() == event.id)) return;
  const auto known = found->second;
  if (event.what == kind::aborted || event.what == kind::closed)
    clients.erase(found);
  else
    known->take(event);
}

void graphql_desk::forget(std::uint32_t listener, const graphql_client& which) {
  const auto at = clients.find(key_of(listener, which.id()));
  if (at != clients.end() && at->second.get() == &which) clients.erase(at);
}

}  // namespace puff::internal
