#include "bridge/watchdog.hpp"

#include "bridge/hub.hpp"
#include "bridge/stacks.hpp"
#include "services/telemetry/log.hpp"

namespace puff::bridge {
namespace {

using clock = std::chrono::steady_clock;

}  // namespace

watchdog::watchdog(const hub& watched, std::chrono::milliseconds threshold)
    : watched_(watched), threshold_(threshold), greenlet_thread_(PyThread_get_thread_ident()) {
  if (threshold_ > threshold_.zero()) thread_ = std::thread{[this] { run(); }};
}

watchdog::~watchdog() {
  if (!thread_.joinable()) return;
  {
    std::scoped_lock lock{guards_ending_};
    ending_ = true;
  }
  end_.notify_all();
  auto* state = PyEval_SaveThread();
  thread_.join();
  PyEval_RestoreThread(state);
}

/// Waits for the next look; false when it is to end.
bool watchdog::rest() {
  std::unique_lock lock{guards_ending_};
  return !end_.wait_for(lock, threshold_ / 4, [this] { return ending_; });
}

void watchdog::run() {
  auto* state = PyThreadState_New(PyInterpreterState_Main());
  std::uint64_t turn = 0;
  auto since = clock::now();
  bool told = false;
  while (rest()) {
    const auto now = clock::now();
    const auto seen = watched_.switches();
    if (seen != turn || !watched_.busy()) {
      turn = seen;
      since = now;
      told = false;
      hold_->clear();
      continue;
    }
    const auto held = std::chrono::duration_cast<std::chrono::milliseconds>(now - since);
    if (held < threshold_) continue;
    hold_->set(since);
    if (!told) {
      told = true;
      PyEval_RestoreThread(state);
      report(turn, held);
      PyEval_SaveThread();
    }
  }
  PyEval_RestoreThread(state);
  PyThreadState_Clear(state);
  PyThreadState_DeleteCurrent();
}

void watchdog::report(std::uint64_t turn, std::chrono::milliseconds held) {
  // Getting the GIL may have taken until the greenlet yielded: then the stack would be another's.
  const bool still = watched_.busy() && watched_.switches() == turn;
  auto stack = still ? describe_stack(greenlet_thread_)
                     : std::string{"  (in C code that kept the GIL all the time)"};
  log::warning("python",
               "a greenlet has kept all others waiting for {} ms; let it wait through puff, or put "
               "what it calls on a thread with puff.blocking\n{}",
               held.count(), stack);
}

}  // namespace puff::bridge
