#pragma once

#include "bridge/python_thread.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <tuple>

#include "actors/core/ask.hpp"
#include "actors/outside_desk.hpp"
#include "actors/postgres_access.hpp"
#include "bridge/postgres/failure.hpp"

namespace puff::bridge::postgres {

using wait_clock = deadline_wheel::clock;

/// The deadline of a call that says it may take so long; negative: no limit (some years).
wait_clock::time_point deadline_in(long long timeout_ms);

/// One wait of a thread that may simply block: the blocking pool's, Python's own threads, and the
/// main thread of a Python without Puff's runtime.
class blocked_wait {
 public:
  /// Ends the wait; later calls change nothing. From any thread, without the GIL.
  void complete(answer how);
  /// Blocks without the GIL, which the caller holds before and after, until the wait has ended.
  /// Null with an exception also if a signal's handler raised, or if `backstop` has passed.
  PyObject* wait(wait_clock::time_point backstop);

 private:
  std::mutex guards_the_rest_;
  std::condition_variable ended_;
  bool done_ = false;
  answer how_;
};

/// Completes the wait when the last copy is dropped, so that an ask which is lost is not awaited.
class owed_answer {
 public:
  explicit owed_answer(std::shared_ptr<blocked_wait> to) : to_(std::move(to)) {}
  ~owed_answer() { to_->complete(failing(make_error(ec::shutting_down))); }
  owed_answer(const owed_answer&) = delete;
  owed_answer& operator=(const owed_answer&) = delete;
  void complete(answer how) { to_->complete(std::move(how)); }

 private:
  std::shared_ptr<blocked_wait> to_;
};

/// Sends `errand` to the desk of `where`; false if nobody is there. From any thread.
bool run_errand(const postgres_access& where, std::function<void(outside_desk&)> what);

/// Raises PgFailure for a pool that does not live; null.
PyObject* raise_down();

/// Asks a pool and waits as the calling code can: a greenlet lets others run, the asyncio thread
/// gets a future, any other thread blocks. `hold(Answer&)` takes what was answered at once, whoever
/// still waits, on a thread without the GIL perhaps; `build(what hold gave)` makes the Python value
/// of it, under the GIL; `fail(error)` makes an `answer` that raises. A new reference, or null with
/// an exception.
template <class Answer, class Hold, class Build, class Fail, class... Args>
PyObject* ask_pool(const char* caller, const postgres_access& where,
                   wait_clock::time_point deadline, Hold hold, Build build, Fail fail,
                   Args... args) {
  // The pool keeps the deadline; ours is there for a pool that does not answer at all.
  const auto backstop = deadline + std::chrono::seconds{2};
  auto pool = where.pool.get();
  if (!pool) return raise_down();
  auto answer_of = [hold, build](Answer& value) -> answer {
    return [held = hold(value), build]() mutable { return build(held); };
  };
  if (python_thread::current())
    return wait_for(caller, [&](python_thread& thread, wait_id id) {
      if (!thread.self) return thread.complete(id, failing(make_error(ec::shutting_down)));
      ask(thread.self, *pool, backstop, std::move(args)...)
          .then([&thread, id, answer_of](Answer& value) { thread.complete(id, answer_of(value)); },
                [&thread, id, fail](const error& why) { thread.complete(id, fail(why)); });
    });
  auto wait = std::make_shared<blocked_wait>();
  auto owed = std::make_shared<owed_answer>(wait);
  auto what = [pool, owed = std::move(owed), answer_of, fail, backstop,
               question = std::tuple{std::move(args)...}](outside_desk& desk) mutable {
    auto asking = [&](auto&... each) {
      ask(desk.self(), *pool, backstop, std::move(each)...)
          .then([owed, answer_of](Answer& value) { owed->complete(answer_of(value)); },
                [owed, fail](const error& why) { owed->complete(fail(why)); });
    };
    std::apply(asking, question);
  };
  if (!run_errand(where, std::move(what))) return raise_down();
  return wait->wait(backstop + std::chrono::seconds{2});
}

}  // namespace puff::bridge::postgres
