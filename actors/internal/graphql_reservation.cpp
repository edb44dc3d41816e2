#include "actors/internal/graphql_reservation.hpp"

#include <utility>

#include "actors/internal/graphql_exchange.hpp"
#include "services/graphql/output/json_text.hpp"

namespace puff::internal {
namespace {

constexpr auto patience = std::chrono::seconds{30};

std::string labelled(const std::string& id, std::string_view payload) {
  std::string out = "{\"id\":";
  graphql::append_quoted(out, id);
  if (!payload.empty()) out.append(",\"payload\":").append(payload);
  return out += '}';
}

}  // namespace

graphql_reservation::graphql_reservation(graphql_desk& desk, std::string token)
    : desk_(desk),
      token_(std::move(token)),
      operations_(
          std::make_shared<graphql_operations>(desk.work, static_cast<graphql_carrier&>(*this))) {}

graphql_reservation::~graphql_reservation() { operations_->close(); }

void graphql_reservation::wait() {
  auto& home = desk_.work->home();
  patience_ = timer{home, home.arm(home.now() + patience, [me = weak_from_this()] {
                      const auto self = me.lock();
                      if (self && !self->has_listener()) self->detach();
                    })};
}

void graphql_reservation::attach(graphql_exchange& stream) {
  patience_.cancel();
  stream_ = &stream;
}

void graphql_reservation::detach() {
  stream_ = nullptr;
  operations_->close();
  desk_.reservations.erase(std::string{token_});
}

void graphql_reservation::pump() {
  if (std::exchange(pumping_, true)) return;
  const auto keep = shared_from_this();
  while (stream_ != nullptr && stream_->has_room() && operations_->go_on_one()) {
  }
  pumping_ = false;
}

void graphql_reservation::next(const std::string& id, std::string_view body) {
  if (stream_ != nullptr) stream_->write_event("next", labelled(id, body));
}

void graphql_reservation::next_shared(const std::string& id,
                                      std::shared_ptr<const std::string> body) {
  if (stream_ == nullptr) return;
  std::string head = "{\"id\":";
  graphql::append_quoted(head, id);
  head += ",\"payload\":";
  stream_->write_event("next", head, {std::move(body), "}\n\n"});
}

/// A response with nothing but errors is one too.
void graphql_reservation::failed(const std::string& id, std::string_view body) {
  next(id, body);
  completed(id);
}

void graphql_reservation::completed(const std::string& id) {
  if (stream_ != nullptr) stream_->write_event("complete", labelled(id, {}));
}

}  // namespace puff::internal
