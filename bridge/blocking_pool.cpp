#include "bridge/blocking_pool.hpp"

#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "bridge/report.hpp"

namespace puff::bridge {
namespace {

struct job {
  std::unique_ptr<work> python;
  std::function<void()> native;
};

void run_in_context(work& what) {
  auto* context = what.context ? what.context.inc_ref().ptr() : PyContext_New();
  if (context && PyContext_Enter(context) == 0) {
    what.run();
    if (PyErr_Occurred()) report_exception("blocking call");
    if (PyContext_Exit(context) != 0) report_exception("blocking call");
  } else {
    report_exception("blocking call");
  }
  Py_XDECREF(context);
}

/// The thread state of a pool thread: made with its first Python work, kept to the thread's end.
class python_state {
 public:
  python_state() = default;
  ~python_state() {
    if (!state_) return;
    PyEval_RestoreThread(state_);
    PyThreadState_Clear(state_);
    PyThreadState_DeleteCurrent();
  }
  python_state(const python_state&) = delete;
  python_state& operator=(const python_state&) = delete;

  void run(std::unique_ptr<work> what) {
    if (!state_) state_ = PyThreadState_New(PyInterpreterState_Main());
    PyEval_RestoreThread(state_);
    run_in_context(*what);
    what.reset();
    PyEval_SaveThread();
  }

 private:
  PyThreadState* state_ = nullptr;
};

}  // namespace

class blocking_pool::shared {
 public:
  explicit shared(blocking_options limits) : options(limits) {}

  const blocking_options options;
  mutable std::mutex guards_all;
  std::condition_variable job_came, thread_ended;
  std::deque<job> jobs;
  std::list<std::thread> threads;
  std::list<std::thread> ended;                   // to be joined
  std::size_t living = 0, serving = 0, idle = 0;  // serving: not about to end
  bool stopping = false;

  /// Takes `what` (which is left alone if it was refused) and starts a thread if it needs one.
  error take(const std::shared_ptr<shared>& self, job& what) {
    std::list<std::thread> done;
    std::unique_lock lock{guards_all};
    if (stopping) return make_error(ec::shutting_down, "the blocking pool takes no more work");
    if (jobs.size() >= options.max_waiting)
      return make_error(ec::overloaded,
                        std::to_string(jobs.size()) + " blocking calls wait already");
    jobs.push_back(std::move(what));
    if (jobs.size() > idle && serving < options.max_threads) {
      ++living;
      ++serving;
      threads.emplace_back([self] { run_thread(self); });
    }
    std::swap(done, ended);
    lock.unlock();
    job_came.notify_one();
    for (auto& thread : done) thread.join();
    return {};
  }

  /// The next job; none: the thread is to end.
  std::optional<job> next() {
    std::unique_lock lock{guards_all};
    ++idle;
    const bool woken =
        job_came.wait_for(lock, options.idle_time, [this] { return stopping || !jobs.empty(); });
    --idle;
    if (!woken || jobs.empty()) {
      --serving;
      return std::nullopt;
    }
    auto what = std::move(jobs.front());
    jobs.pop_front();
    return what;
  }

  void leave() {
    std::scoped_lock lock{guards_all};
    --living;
    for (auto it = threads.begin(); it != threads.end(); ++it)
      if (it->get_id() == std::this_thread::get_id()) {
        ended.splice(ended.end(), threads, it);
        break;
      }
    thread_ended.notify_all();
  }

  bool stop(std::chrono::milliseconds deadline) {
    std::unique_lock lock{guards_all};
    stopping = true;
    job_came.notify_all();
    const bool all = thread_ended.wait_for(lock, deadline, [this] { return living == 0; });
    auto done = std::exchange(ended, {});
    for (auto& thread : threads) thread.detach();
    threads.clear();
    lock.unlock();
    for (auto& thread : done) thread.join();
    return all;
  }
};

void blocking_pool::run_thread(const std::shared_ptr<shared>& state) {
  {
    python_state python;
    while (auto what = state->next()) {
      if (what->python)
        python.run(std::move(what->python));
      else
        what->native();
    }
  }
  state->leave();
}

blocking_pool::blocking_pool(blocking_options options)
    : state_(std::make_shared<shared>(options)) {}

blocking_pool::~blocking_pool() = default;

error blocking_pool::submit(std::unique_ptr<work> what) {
  job next{std::move(what), {}};
  return state_->take(state_, next);
}

error blocking_pool::submit(std::function<void()> what) {
  job next{nullptr, std::move(what)};
  return state_->take(state_, next);
}

bool blocking_pool::stop(std::chrono::milliseconds deadline) {
  auto* state = Py_IsInitialized() && PyGILState_Check() ? PyEval_SaveThread() : nullptr;
  const bool all = state_->stop(deadline);
  if (state) PyEval_RestoreThread(state);
  return all;
}

blocking_pool::statistics blocking_pool::stats() const {
  std::scoped_lock lock{state_->guards_all};
  return {state_->living, state_->idle, state_->jobs.size()};
}

}  // namespace puff::bridge
