#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/node.hpp"
#include "bridge/interpreter.hpp"

typedef struct _object PyObject;

namespace puff::bridge {

struct python_options {
  interpreter_options interpreter;
  bool asyncio = false;        ///< starts the asyncio thread
  bool asyncio_later = false;  ///< starts it when it is first needed
  bool django = false;         ///< sets Django up before anything of the user's is imported
  std::size_t max_greenlets = 10'000;
  std::size_t max_blocking_threads = 64;
  std::chrono::milliseconds blocking_idle{30'000};
  std::chrono::milliseconds stall_threshold{1'000};
  /// Makes `puff.global_state`, with the GIL: a new reference, or null with an exception set. None:
  /// there is no such object.
  std::function<PyObject*()> global_state{};
};

/// An application to serve below a path.
struct application_target {
  enum class kind { wsgi, asgi };
  kind protocol = kind::wsgi;
  std::string object;  ///< "package.module.attribute" or "package.module:attribute"
  std::string path;    ///< without a slash at its end; empty: the root
  std::uint64_t response_window = 256 * 1024;
};

/// What this node runs of a task queue.
struct task_queue_target {
  std::string queue;
  std::vector<std::string> modules;  ///< imported before the first task begins
  std::vector<std::string> allow;    ///< what may run; empty: anything
};

/// What this node does for actors in Python.
struct actor_target {
  std::vector<std::string> modules;  ///< imported at start, so that their classes are known
  bool hosts = true;                 ///< keeps actors of the classes it knows
  std::string cluster;               ///< empty: none
  std::string state = "redis";       ///< where classes save their state that do not say
  std::string state_pool;            ///< of PostgreSQL, for those that save it there
};

/// Python in this process: the interpreter, the greenlet thread (which is the calling, main
/// thread), the asyncio thread, the blocking pool, the watchdog; started and ended in the order
/// that the interpreter needs.
class python_host {
 public:
  /// Starts all of it; afterwards the calling thread holds the GIL. Errors are one line for a
  /// person.
  static expected<std::unique_ptr<python_host>> start(node& over, python_options options);
  ~python_host();

  /// Runs the greenlet thread until `stop`; `first` runs on a greenlet (with the GIL), and its
  /// value is the exit status unless `stop` gave another. May be called once.
  int run(std::function<int()> first);

  /// Imports the applications (on the calling greenlet) and starts the ASGI ones' lifespans.
  /// Element n serves mount n. An error is the text to show: a missing module or attribute in one
  /// line, another exception with its traceback.
  expected<std::vector<application_actor>> mount(const std::vector<application_target>& targets);

  /// Begins to run tasks of these queues, on the calling greenlet. An error is the text to show.
  error run_tasks(const std::vector<task_queue_target>& targets);

  /// Imports what has actors, on the calling greenlet; from now on this node keeps them. An error
  /// is the text to show.
  error host_actors(const actor_target& target);

  /// Ends `run`: lifespans shut down, waiting greenlets are cancelled after `grace`, then the
  /// threads end. From any thread; later calls change nothing.
  void stop(std::chrono::milliseconds grace);

  /// Calls an importable function ("module.function") with text arguments on the calling greenlet;
  /// a coroutine function runs on the asyncio thread. The exit status as a program's: None is 0,
  /// SystemExit its code, an exception 1 with its traceback on stderr.
  int call(const std::string& function, const std::vector<std::string>& arguments);

  /// Lets other threads run Python during `wait`. The caller holds the GIL before and after.
  static void without_gil(const std::function<void()>& wait);

  /// For how long a greenlet has kept all others waiting, once that is longer than the stall
  /// threshold; else 0. To be read from any thread, also when Python has ended.
  std::shared_ptr<const thread_hold> hold() const noexcept;

  /// The stacks of all greenlets, tasks and threads as text. From any thread without the GIL.
  std::string stacks();

 private:
  struct parts;
  explicit python_host(std::unique_ptr<parts> started);
  std::unique_ptr<parts> parts_;
};

}  // namespace puff::bridge
