#include "services/redis/connection.hpp"

namespace puff::redis {

std::string_view to_string(connection_state state) noexcept {
  switch (state) {
    case connection_state::idle: return "idle";
    case connection_state::connecting: return "connecting";
    case connection_state::ready: return "ready";
    case connection_state::retrying: return "retrying";
    case connection_state::closed: return "closed";
  }
  return "unknown";
}

connection::connection(boost::asio::io_context& io, deadline_wheel& wheel,
                       connection_options options, state_callback on_state)
    : wheel_(wheel),
      on_state_(std::move(on_state)),
      link_(io, wheel, std::move(options), static_cast<internal::link_owner&>(*this)) {}

connection::~connection() { close(); }

void connection::start() { link_.start(); }

void connection::close() {
  if (state() == connection_state::closed) return;
  pending_ = 0;
  waiting_bytes_ = 0;
  entries unanswered;
  unanswered.splice(unanswered.end(), in_flight_);
  unanswered.splice(unanswered.end(), waiting_);
  link_.close(make_error(ec::shutting_down, link_.say("the connection was closed")));
  fail_all(std::move(unanswered), ec::shutting_down, context_of(last_error()));
}

connection_stats connection::stats() const {
  return {state(), link_.connects(), commands_, pending_, context_of(last_error())};
}

void connection::on_ready() {
  if (!waiting_.empty()) link_.out().request_flush();
}

void connection::on_state(connection_state state, const error& why) {
  if (on_state_) on_state_(state, why);
}

void connection::on_breaking() {
  take_back_unwritten();
  lost_.splice(lost_.end(), in_flight_);
  for (const auto& e : lost_) pending_ -= e.count;
}

void connection::on_broken(const std::string& reason) {
  entries lost;
  lost.splice(lost.end(), lost_);
  fail_all(std::move(lost), ec::connection_lost,
           link_.say("connection lost before the reply came, the command may have run: " + reason));
}

}  // namespace puff::redis
