#include "bridge/postgres/waiting.hpp"

#include <algorithm>
#include <caf/send.hpp>

namespace puff::bridge::postgres {
namespace {

using namespace std::chrono_literals;

/// How long a signal may wait for its handler.
constexpr auto slice = 100ms;
constexpr auto longest = std::chrono::hours{24 * 365 * 10};

}  // namespace

wait_clock::time_point deadline_in(long long timeout_ms) {
  const std::chrono::milliseconds most = longest;
  if (timeout_ms < 0 || timeout_ms > most.count()) timeout_ms = most.count();
  return wait_clock::now() + std::chrono::milliseconds{timeout_ms};
}

void blocked_wait::complete(answer how) {
  {
    std::scoped_lock lock{guards_the_rest_};
    if (std::exchange(done_, true)) return;
    how_ = std::move(how);
  }
  ended_.notify_one();
}

PyObject* blocked_wait::wait(wait_clock::time_point backstop) {
  for (;;) {
    auto* state = PyEval_SaveThread();
    bool done;
    {
      std::unique_lock lock{guards_the_rest_};
      done = ended_.wait_for(lock, slice, [this] { return done_; });
    }
    PyEval_RestoreThread(state);
    if (done) return how_();
    if (PyErr_CheckSignals() != 0) return nullptr;
    if (wait_clock::now() > backstop) {
      raise_failure(make_error(ec::timed_out, "no answer from the PostgreSQL pool"));
      return nullptr;
    }
  }
}

PyObject* raise_down() {
  raise_failure(make_error(ec::unavailable, "the PostgreSQL pool is down"));
  return nullptr;
}

bool run_errand(const postgres_access& where, std::function<void(outside_desk&)> what) {
  auto desk = where.desk.get();
  if (!desk) return false;
  caf::anon_send(*desk, errand_atom::value, errand{std::move(what)});
  return true;
}

}  // namespace puff::bridge::postgres
