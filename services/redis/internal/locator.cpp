#include "services/redis/internal/locator.hpp"

#include <charconv>
#include <optional>
#include <utility>

#include "services/redis/command.hpp"

namespace puff::redis::internal {
namespace {

constexpr std::size_t largest_answer = 64 << 10;

const std::string* text_of(const redis_value& v) { return std::get_if<std::string>(&v.data); }

const std::string* refusal_of(const redis_value& v) {
  auto* failed = std::get_if<redis_value::failure>(&v.data);
  return failed ? &failed->text : nullptr;
}

/// A Sentinel's answer: host and port.
std::optional<url::address> address_of(const redis_value& reply) {
  auto* parts = std::get_if<redis_value::array>(&reply.data);
  if (!parts || parts->size() != 2) return std::nullopt;
  auto *host = text_of(parts->front()), *port = text_of(parts->back());
  if (!host || !port) return std::nullopt;
  url::address found{*host, 0};
  const auto* end = port->data() + port->size();
  const auto [stop, failed] = std::from_chars(port->data(), end, found.port);
  if (failed != std::errc{} || stop != end || found.port == 0) return std::nullopt;
  return found;
}

}  // namespace

locator::locator(boost::asio::io_context& io, deadline_wheel& wheel, url where)
    : io_(io), wheel_(wheel), where_(std::move(where)) {}

locator::~locator() { stop(); }

void locator::find(found_callback done) {
  if (!where_.nodes.empty()) return done(any_node());
  if (where_.sentinels.empty()) return done(where_);
  done_ = std::move(done);
  asked_ = 0;
  ask();
}

url locator::any_node() {
  auto at = where_;
  const auto& one = where_.nodes[current_++ % where_.nodes.size()];
  at.host = one.host;
  at.port = one.port;
  return at;
}

void locator::stop() {
  leave();
  done_ = nullptr;
}

void locator::leave() {
  wheel_.cancel(limit_);
  if (stream_) stream_->detach();
  stream_.reset();
}

void locator::ask() {
  const auto& sentinel = where_.sentinels[current_];
  auto at = where_;
  at.host = sentinel.host;
  at.port = sentinel.port;
  limit_ = wheel_.arm(deadline_wheel::clock::now() + patience, [this] {
    ask_next("no answer within " + std::to_string(patience.count()) + " ms");
  });
  stream_listener& listener = *this;
  stream_ = std::make_shared<stream>(io_, at, largest_answer, listener);
  stream_->open();
}

void locator::on_open() {
  auto& out = stream_->output();
  logs_in_ = !where_.sentinel_password.empty();
  if (logs_in_ && where_.sentinel_user.empty())
    out = make_command({"AUTH", where_.sentinel_password}).wire;
  else if (logs_in_)
    out = make_command({"AUTH", where_.sentinel_user, where_.sentinel_password}).wire;
  out += make_command({"SENTINEL", "GET-MASTER-ADDR-BY-NAME", where_.service}).wire;
  stream_->flush();
}

void locator::on_reply(redis_value reply) {
  if (auto* refused = refusal_of(reply)) return ask_next(*refused);
  if (std::exchange(logs_in_, false)) return;
  auto master = address_of(reply);
  if (!master) return ask_next("it knows no master '" + where_.service + "'");
  leave();
  auto at = where_;
  at.host = std::move(master->host);
  at.port = master->port;
  std::exchange(done_, nullptr)(std::move(at));
}

void locator::ask_next(const std::string& reason) {
  const auto& asked = where_.sentinels[current_];
  auto said = "Sentinel " + asked.host + ":" + std::to_string(asked.port) + ": " + reason;
  leave();
  current_ = (current_ + 1) % where_.sentinels.size();
  if (++asked_ < where_.sentinels.size()) return ask();
  std::exchange(done_, nullptr)(make_error(ec::unavailable, std::move(said)));
}

}  // namespace puff::redis::internal
