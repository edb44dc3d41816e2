// The half of `connection` that moves commands and replies.
#include "services/redis/connection.hpp"

namespace puff::redis {
namespace {

/// Above this size a command's own memory becomes the output instead of being copied to it.
constexpr std::size_t large_command = 64 << 10;
/// Given to the kernel at once; what is behind it can still be taken back.
constexpr std::size_t largest_output = 1 << 20;
constexpr std::size_t kept_entries = 4096;

}  // namespace

void connection::send(redis_commands commands, clock::time_point deadline, reply_callback done) {
  if (auto refused = refuse(commands)) return done(std::move(refused));
  if (free_.empty()) free_.emplace_back();
  auto at = free_.begin();
  at->size = commands.wire.size();
  at->wire = std::move(commands.wire);
  at->count = commands.count;
  at->received = 0;
  at->done = std::move(done);
  at->deadline = wheel_.arm(deadline, [this, at] { expire(at); });
  waiting_.splice(waiting_.end(), free_, at);
  pending_ += at->count;
  commands_ += at->count;
  waiting_bytes_ += at->size;
  if (link_.ready()) link_.out().request_flush();
}

error connection::refuse(const redis_commands& commands) const {
  if (state() == connection_state::closed) return last_error();
  if (commands.count == 0 || commands.wire.empty())
    return make_error(ec::bad_argument, "no Redis command was given");
  if (commands.count > options().max_pending)
    return make_error(ec::too_large,
                      link_.say("a pipeline of " + std::to_string(commands.count) +
                                " commands exceeds the limit of " +
                                std::to_string(options().max_pending) + "; split it"));
  if (pending_ + std::uint64_t{commands.count} > options().max_pending)
    return make_error(ec::overloaded, link_.say(std::to_string(pending_) +
                                                " commands are waiting for replies (limit " +
                                                std::to_string(options().max_pending) + ")"));
  auto bytes = waiting_bytes_ + commands.wire.size();
  if (waiting_bytes_ != 0 && bytes > options().max_pending_bytes)
    return make_error(ec::overloaded, link_.say(std::to_string(waiting_bytes_) +
                                                " bytes of commands wait to be written "
                                                "(limit " +
                                                std::to_string(options().max_pending_bytes) + ")"));
  return {};
}

void connection::on_ready_to_write() {
  if (!link_.ready() || link_.out().writing()) return;
  while (!waiting_.empty() && link_.out().output().size() < largest_output)
    hand_to_stream(waiting_.begin());
  if (!waiting_.empty()) link_.out().request_flush();
  link_.out()
      .flush();  // the last touch: a failure may answer commands, and an answer may destroy us
}

void connection::hand_to_stream(entries::iterator at) {
  auto& output = link_.out().output();
  at->begin = link_.out().output_begin() + output.size();
  if (output.empty() && at->size >= large_command)
    output = std::move(at->wire);
  else
    output += at->wire;
  at->wire = {};
  waiting_bytes_ -= at->size;
  in_flight_.splice(in_flight_.end(), waiting_, at);
}

void connection::on_reply(redis_value reply) {
  if (in_flight_.empty())
    return link_.drop(make_error(ec::bad_request, "the server sent a reply that nobody asked for"));
  auto at = in_flight_.begin();
  if (at->done) {
    if (at->replies.empty()) at->replies.reserve(at->count);
    at->replies.push_back(std::move(reply));
  }
  if (++at->received < at->count) return;
  auto replies = std::move(at->replies);
  pending_ -= at->count;
  if (auto done = release(in_flight_, at)) done(std::move(replies));
}

connection::reply_callback connection::release(entries& from, entries::iterator at) {
  wheel_.cancel(at->deadline);
  at->wire = {};
  at->replies = {};
  auto done = std::exchange(at->done, nullptr);
  if (free_.size() < kept_entries)
    free_.splice(free_.end(), from, at);
  else
    from.erase(at);
  return done;
}

void connection::expire(entries::iterator at) {
  bool written = at->wire.empty();
  auto text = link_.say("no reply in time");
  if (!written)
    text = last_error() ? context_of(last_error())
                        : link_.say("no connection in time" + link_.advice());
  auto done = std::exchange(at->done, nullptr);
  if (written) {
    at->replies = {};
  } else {
    waiting_bytes_ -= at->size;
    pending_ -= at->count;
    release(waiting_, at);
  }
  done(make_error(ec::timed_out, std::move(text)));
}

void connection::take_back_unwritten() {
  while (!in_flight_.empty() && in_flight_.back().begin >= link_.out().taken()) {
    auto at = std::prev(in_flight_.end());
    if (!at->done) {
      pending_ -= at->count;
      release(in_flight_, at);
      continue;
    }
    at->wire = link_.out().output().substr(at->begin - link_.out().output_begin(), at->size);
    waiting_bytes_ += at->size;
    waiting_.splice(waiting_.begin(), in_flight_, at);
  }
}

void connection::fail_all(entries failed, ec code, const std::string& reason) {
  for (auto& e : failed) wheel_.cancel(e.deadline);
  for (auto& e : failed)
    if (auto done = std::move(e.done)) done(make_error(code, reason));
}

}  // namespace puff::redis
