#include "services/tasks/worker.hpp"

#include <algorithm>
#include <utility>

#include "services/tasks/retry_policy.hpp"

namespace puff::tasks {
namespace {

using std::chrono::milliseconds;

constexpr retries after_timeouts{0, milliseconds{500}, milliseconds{60'000}};
constexpr milliseconds marker_patience{20'000};
constexpr double short_task_ms = 20;

std::string error_json(std::string_view type, std::string_view text) {
  return "-{\"type\":\"" + std::string{type} + "\",\"text\":\"" + std::string{text} +
         "\",\"traceback\":\"\"}";
}

}  // namespace

worker::worker(store& queue, deadline_wheel& wheel, worker_options options, task_runner& runner)
    : queue_(queue),
      wheel_(wheel),
      options_(std::move(options)),
      runner_(runner),
      self_(std::make_shared<worker*>(this)) {}

worker::~worker() {
  *self_ = nullptr;
  wheel_.cancel(due_);
  wheel_.cancel(again_);
  for (auto& [number, h] : held_) wheel_.cancel(h.timeout);
}

void worker::open() {
  open_ = hungry_ = true;
  pump();
}

std::size_t worker::wanted() const noexcept {
  if (!open_ || draining_) return 0;
  const std::size_t ahead =
      mean_ms_ < short_task_ms
          ? std::min<std::size_t>(options_.max_prefetched, 2 * options_.max_running)
          : 0;
  const std::size_t places = options_.max_running + ahead, taken = running_ + backlog_.size();
  return taken >= places ? 0 : std::min(places - taken, store::batch);
}

void worker::pump() {
  // A reply may come while a call is being made.
  if (std::exchange(pumping_, true)) return;
  hand_out();
  if (!in_cycle_ && (!ends_.empty() || (hungry_ && wanted() > 0))) cycle();
  listen();
  pumping_ = false;
  tell_if_drained();
}

void worker::hand_out() {
  task_attempts batch;
  while (!backlog_.empty() && running_ < options_.max_running && !draining_) {
    const auto number = backlog_.front();
    backlog_.pop_front();
    auto& h = held_.at(number);
    h.running = true;
    h.since = clock::now();
    h.timeout = wheel_.arm(h.since + h.task.timeout, [this, number] { expire(number); });
    ++running_;
    batch.push_back({number, h.lease.id, h.lease.attempt, h.task.max_attempts, h.lease.token,
                     h.task.function, std::move(h.task.param)});
  }
  if (batch.empty()) return;
  handed_out_ = true;
  counts_.started += batch.size();
  runner_.start(std::move(batch));
}

void worker::listen() {
  if (listening_ || in_cycle_ || hungry_ || wanted() == 0) return;
  listening_ = true;
  queue_.await_marker(marker_patience, [weak = std::weak_ptr{self_}](expected<bool> found) {
    auto alive = weak.lock();
    if (!alive || !*alive) return;
    auto& me = **alive;
    me.listening_ = false;
    if (!found) return me.look_again(milliseconds{500});
    if (*found) me.hungry_ = true;
    // What was popped while this node is full wakes another one: a call for nothing arms it again.
    if (*found && me.wanted() == 0 && !me.in_cycle_) me.cycle();
    me.pump();
  });
}

void worker::cycle() {
  in_cycle_ = true;
  hungry_ = false;
  saying_.clear();
  std::vector<ending> ends;
  while (!ends_.empty() && ends.size() < store::batch) {
    ends.push_back(ends_.front().what);
    saying_.push_back(std::move(ends_.front()));
    ends_.pop_front();
  }
  queue_.cycle(ends, wanted(), options_.lease, clock::now() + options_.patience,
               [weak = std::weak_ptr{self_}](expected<cycle_reply> reply) {
                 if (auto alive = weak.lock(); alive && *alive) (*alive)->cycled(std::move(reply));
               });
}

void worker::cycled(expected<cycle_reply> reply) {
  in_cycle_ = false;
  if (!reply) {
    // What has been computed is said again; if it was heard the first time, it is refused now.
    ends_.insert(ends_.begin(), std::make_move_iterator(saying_.begin()),
                 std::make_move_iterator(saying_.end()));
    saying_.clear();
    return look_again(milliseconds{200});
  }
  for (auto place : reply->refused)
    if (place < saying_.size()) ++counts_.lost;
  for (auto& said : std::exchange(saying_, {})) {
    auto at = held_.find(said.number);
    if (at == held_.end()) continue;
    at->second.leased = false;
    erase_if_over(at);
  }
  server_ms_ = reply->now_ms;
  const bool got = !reply->claimed.empty();
  take(std::move(reply->claimed));
  // Without a claim there is a limit or a pause in the way: the next tick looks again.
  if (reply->ready > 0 && got) hungry_ = true;
  wake_at(reply->next_due_ms);
  pump();
}

void worker::take(std::vector<claim> claimed) {
  for (auto& c : claimed) {
    const auto number = ++last_number_;
    auto task = decode(c.record);
    c.record.clear();
    auto& h = held_[number];
    h.lease = std::move(c);
    if (!task) {
      settle(number, ending::kind::dead, error_json("CorruptTask", context_of(task.error())));
      continue;
    }
    h.task = std::move(*task);
    if (h.lease.attempt > h.task.max_attempts)
      settle(number, ending::kind::dead, error_json("WorkerLost", "its attempts are used up"));
    else
      backlog_.push_back(number);
  }
  if (draining_) give_back();
}

void worker::end(task_ends ends) {
  for (auto& each : ends) ended(std::move(each));
  pump();
}

void worker::ended(task_end end) {
  auto at = held_.find(end.number);
  if (at == held_.end() || !at->second.running) return;
  auto& h = at->second;
  h.running = false;
  --running_;
  wheel_.cancel(h.timeout);
  const std::chrono::duration<double, std::milli> took = clock::now() - h.since;
  mean_ms_ += (took.count() - mean_ms_) / 16;
  if (h.sentence == verdict::timed_out || h.sentence == verdict::lost) return erase_if_over(at);
  if (h.sentence == verdict::cancelled)
    return settle(end.number, ending::kind::done,
                  error_json("Cancelled", "the task was cancelled"));
  switch (end.outcome) {
    case task_end::how::returned:
      ++counts_.done;
      return settle(end.number, ending::kind::done, '+' + std::move(end.data));
    case task_end::how::raised: {
      ++counts_.failed;
      return settle_failure(end.number, '-' + std::move(end.data), h.task.again.times > 0);
    }
    case task_end::how::again:
      if (h.lease.attempt >= h.task.max_attempts)
        return settle(end.number, ending::kind::dead, '-' + std::move(end.data));
      ++counts_.retried;
      return settle(end.number, ending::kind::again, '-' + std::move(end.data), end.delay);
    case task_end::how::abandoned:
      ++counts_.given_back;
      return settle(end.number, ending::kind::back, {});
  }
}

void worker::settle_failure(std::uint64_t number, std::string data, bool retry) {
  const auto& h = held_.at(number);
  if (!retry) return settle(number, ending::kind::done, std::move(data));
  if (h.lease.attempt > h.task.again.times)
    return settle(number, ending::kind::dead, std::move(data));
  ++counts_.retried;
  auto random = [this] { return std::uniform_real_distribution<>{}(random_); };
  settle(number, ending::kind::again, std::move(data),
         pause_after(h.lease.attempt, h.task.again, random));
}

void worker::settle(std::uint64_t number, ending::kind what, std::string data, milliseconds delay) {
  auto& h = held_.at(number);
  if (what == ending::kind::dead) ++counts_.dead;
  ends_.push_back({number,
                   {h.lease.id, h.lease.token, what, h.task.special(), h.task.keep_result, delay,
                    std::move(data)}});
}

void worker::expire(std::uint64_t number) {
  auto at = held_.find(number);
  if (at == held_.end() || !at->second.running) return;
  ++counts_.timed_out;
  const auto& h = at->second;
  const auto limit = std::to_string(h.task.timeout.count()) + " ms";
  if (h.lease.attempt >= h.task.max_attempts) {
    settle(number, ending::kind::dead,
           error_json("TimeoutError", "attempt " + std::to_string(h.lease.attempt) + " of " +
                                          std::to_string(h.task.max_attempts) +
                                          " took longer than " + limit));
  } else {
    auto random = [this] { return std::uniform_real_distribution<>{}(random_); };
    ++counts_.retried;
    settle(number, ending::kind::again, {}, pause_after(h.lease.attempt, after_timeouts, random));
  }
  sentence(number, verdict::timed_out, "the task took longer than " + limit);
  pump();
}

void worker::sentence(std::uint64_t number, verdict why, std::string text) {
  auto& h = held_.at(number);
  if (h.sentence != verdict::none || !h.running) return;
  h.sentence = why;
  if (why == verdict::lost) h.leased = false;
  runner_.interrupt(number, std::move(text));
}

void worker::cancel(const task_id& id) {
  for (auto& [number, h] : held_)
    if (h.lease.id == id && h.running)
      return sentence(number, verdict::cancelled, "the task was cancelled");
}

void worker::tick() {
  if (in_tick_) return;
  // What long tasks keep from running here may run elsewhere.
  if (!std::exchange(handed_out_, false) && running_ >= options_.max_running) give_back();
  in_tick_ = true;
  std::vector<claim> leases;
  std::vector<std::uint64_t> asked;
  for (const auto& [number, h] : held_) {
    if (!h.leased || h.sentence == verdict::lost) continue;
    leases.push_back({h.lease.id, h.lease.token, h.lease.attempt, {}});
    asked.push_back(number);
  }
  queue_.tick(options_.node, leases, options_.lease, clock::now() + options_.patience,
              [weak = std::weak_ptr{self_}, asked = std::move(asked)](expected<tick_reply> reply) {
                if (auto alive = weak.lock(); alive && *alive)
                  (*alive)->ticked(asked, std::move(reply));
              });
}

void worker::ticked(const std::vector<std::uint64_t>& asked, expected<tick_reply> reply) {
  in_tick_ = false;
  if (!reply) return;
  server_ms_ = reply->now_ms;
  for (auto place : reply->lost) {
    auto at = place < asked.size() ? held_.find(asked[place]) : held_.end();
    // What has ended meanwhile has no lease any more.
    if (at == held_.end() || !at->second.leased) continue;
    if (at->second.running && at->second.sentence == verdict::none) {
      ++counts_.lost;
      sentence(at->first, verdict::lost, "the lease of the task was lost");
    } else if (std::erase(backlog_, at->first) > 0) {
      at->second.leased = false;
      held_.erase(at);
    }
  }
  for (auto place : reply->cancelled)
    if (place < asked.size() && held_.contains(asked[place]))
      sentence(asked[place], verdict::cancelled, "the task was cancelled");
  if (reply->ready > 0) hungry_ = true;
  wake_at(reply->next_due_ms);
  pump();
}

void worker::wake_at(std::int64_t next_due_ms) {
  wheel_.cancel(due_);
  if (next_due_ms < 0 || draining_) return;
  const auto wait = std::clamp<std::int64_t>(next_due_ms - server_ms_, 1, 60'000);
  due_ = wheel_.arm(clock::now() + milliseconds{wait}, [this] {
    hungry_ = true;
    pump();
  });
}

void worker::look_again(milliseconds later) {
  wheel_.cancel(again_);
  again_ = wheel_.arm(clock::now() + later, [this] {
    hungry_ = true;
    pump();
  });
}

void worker::give_back() {
  for (auto number : std::exchange(backlog_, {})) {
    ++counts_.given_back;
    settle(number, ending::kind::back, {});
  }
}

void worker::drain(std::function<void()> done) {
  drained_ = std::move(done);
  draining_ = true;
  give_back();
  pump();
}

void worker::erase_if_over(holdings::iterator at) {
  if (!at->second.running && !at->second.leased) held_.erase(at);
}

void worker::tell_if_drained() {
  if (draining_ && drained_ && held_.empty() && ends_.empty() && !in_cycle_)
    std::exchange(drained_, nullptr)();
}

worker_stats worker::stats() const noexcept {
  auto s = counts_;
  s.running = running_;
  s.prefetched = backlog_.size();
  s.ending = ends_.size() + saying_.size();
  return s;
}

}  // namespace puff::tasks
