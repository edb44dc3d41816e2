#include "services/redis/blocking_connections.hpp"

#include <utility>

namespace puff::redis {

blocking_connections::blocking_connections(boost::asio::io_context& io, deadline_wheel& wheel,
                                           blocking_options options)
    : io_(io), wheel_(wheel), options_(std::move(options)) {}

blocking_connections::~blocking_connections() { close(); }

void blocking_connections::send(redis_commands commands, clock::time_point deadline,
                                reply_callback done) {
  if (closed_) return done(make_error(ec::shutting_down, "the Redis pool was closed"));
  commands_ += commands.count;
  request r{std::move(commands), deadline, std::move(done), {}};
  if (!idle_.empty() || busy_.size() < options_.max_connections) return lend(std::move(r));
  if (waiting_.size() >= options_.max_waiting)
    return r.done(make_error(ec::overloaded, options_.connection.url.without_password() + ": " +
                                                 std::to_string(busy_.size()) +
                                                 " blocking commands run and " +
                                                 std::to_string(waiting_.size()) + " wait"));
  enqueue(std::move(r));
}

void blocking_connections::enqueue(request r) {
  auto at = waiting_.insert(waiting_.end(), std::move(r));
  at->expiry = wheel_.arm(at->deadline, [this, at] {
    auto done = std::move(at->done);
    waiting_.erase(at);
    done(make_error(ec::timed_out, options_.connection.url.without_password() +
                                       ": all connections for blocking commands are in use"));
  });
}

void blocking_connections::lend(request r) {
  if (idle_.empty()) {
    auto link = std::make_unique<connection>(io_, wheel_, options_.connection);
    link->start();
    idle_.push_back({std::move(link), {}});
  }
  auto at = std::prev(idle_.end());  // the warmest; the others may grow old
  wheel_.cancel(at->idle);
  busy_.splice(busy_.end(), idle_, at);
  at->link->send(std::move(r.commands), r.deadline,
                 [this, at, done = std::move(r.done)](expected<std::vector<redis_value>> replies) {
                   give_back(at, static_cast<bool>(replies));
                   done(std::move(replies));
                 });
}

void blocking_connections::give_back(lanes::iterator at, bool usable) {
  if (closed_) return;
  if (usable) {
    idle_.splice(idle_.end(), busy_, at);
    at->idle = wheel_.arm(clock::now() + options_.max_idle_time, [this, at] { idle_.erase(at); });
  } else {
    busy_.erase(at);
  }
  serve_next();
}

void blocking_connections::serve_next() {
  if (waiting_.empty()) return;
  auto next = std::move(waiting_.front());
  waiting_.pop_front();
  wheel_.cancel(next.expiry);
  lend(std::move(next));
}

void blocking_connections::close() {
  if (std::exchange(closed_, true)) return;
  for (auto& l : idle_) wheel_.cancel(l.idle);
  for (auto& r : waiting_) wheel_.cancel(r.expiry);
  idle_.clear();
  auto unserved = std::exchange(waiting_, {});
  std::exchange(busy_, {}).clear();
  for (auto& r : unserved) r.done(make_error(ec::shutting_down, "the Redis pool was closed"));
}

blocking_stats blocking_connections::stats() const noexcept {
  auto busy = static_cast<std::uint32_t>(busy_.size());
  return {busy + static_cast<std::uint32_t>(idle_.size()), busy,
          static_cast<std::uint32_t>(waiting_.size()), commands_};
}

}  // namespace puff::redis
