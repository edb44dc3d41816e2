#include "services/redis/client.hpp"

#include <memory>
#include <utility>

#include "services/redis/command.hpp"
#include "services/redis/command_table.hpp"

namespace puff::redis {
namespace {

bool hopeless(ec code) noexcept {
  return code == ec::server_error || code == ec::bad_request || code == ec::too_large ||
         code == ec::unsupported;
}

error unavailable(std::string line) { return make_error(ec::unavailable, std::move(line)); }

/// A user who may not PING has been answered all the same.
error outcome_of(const expected<std::vector<redis_value>>& replies, const std::string& server) {
  if (!replies)
    return code_of(replies.error()) == ec::shutting_down ? replies.error()
                                                         : unavailable(context_of(replies.error()));
  const auto* failure = std::get_if<redis_value::failure>(&replies->front().data);
  if (failure == nullptr || failure->text.starts_with("NOPERM")) return {};
  return unavailable(server + ": " + failure->text);
}

}  // namespace

client::client(boost::asio::io_context& io, deadline_wheel& wheel, client_options options,
               state_callback on_state)
    : on_state_(std::move(on_state)),
      shared_(io, wheel, options.connection,
              [this](connection_state state, const error& why) { watch(state, why); }),
      blocking_(io, wheel,
                {.connection = options.connection,
                 .max_connections = options.max_blocking_connections,
                 .max_waiting = options.max_blocking_waiting}) {
  if (options.connection.url.nodes.empty()) return;
  const blocking_options each{options.connection, options.max_blocking_connections,
                              options.max_blocking_waiting};
  cluster_ = std::make_unique<internal::cluster>(io, wheel, shared_, each);
}

client::~client() { close(); }

void client::start() { shared_.start(); }

void client::send(redis_commands commands, clock::time_point deadline, reply_callback done) {
  auto kind = classify(commands);
  if (!kind) return done(std::move(kind.error()));
  if (cluster_) {
    shared_.start();
    return cluster_->send(std::move(commands), *kind, deadline, std::move(done));
  }
  if (*kind == command_kind::blocking)
    return blocking_.send(std::move(commands), deadline, std::move(done));
  shared_.start();
  shared_.send(std::move(commands), deadline, std::move(done));
}

void client::ping(clock::time_point deadline, ping_callback done) {
  shared_.start();
  auto ping = std::make_shared<ping_callback>(std::move(done));
  pings_.push_back(ping);
  if (hopeless(code_of(shared_.last_error())))
    return answer(ping, unavailable(context_of(shared_.last_error())));
  shared_.send(make_command({"PING"}), deadline,
               [this, ping](const expected<std::vector<redis_value>>& replies) {
                 answer(ping, outcome_of(replies, shared_.name()));
               });
}

void client::watch(connection_state state, const error& why) {
  if (on_state_) on_state_(state, why);
  if (!hopeless(code_of(why))) return;
  auto asked = pings_;
  for (const auto& ping : asked) answer(ping, unavailable(context_of(why)));
}

void client::answer(const pending_ping& ping, const error& outcome) {
  if (!*ping) return;
  std::erase(pings_, ping);
  auto done = std::exchange(*ping, nullptr);
  done(outcome);
}

void client::close() {
  if (cluster_) cluster_->close();
  shared_.close();
  blocking_.close();
}

client_stats client::stats() const {
  return {shared_.stats(), cluster_ ? cluster_->stats() : blocking_.stats()};
}

}  // namespace puff::redis
