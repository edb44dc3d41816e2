#include "bridge/python_host.hpp"

#include <atomic>
#include <cstdlib>
#include <utility>

#include "bridge/actor_host.hpp"
#include "bridge/application.hpp"
#include "bridge/asgi.hpp"
#include "bridge/asyncio_start.hpp"
#include "bridge/blocking_pool.hpp"
#include "bridge/exchange.hpp"
#include "bridge/global_state.hpp"
#include "bridge/graphql/door.hpp"
#include "bridge/hub.hpp"
#include "bridge/loop_thread.hpp"
#include "bridge/report.hpp"
#include "bridge/runtime.hpp"
#include "bridge/stacks.hpp"
#include "bridge/task_runner.hpp"
#include "bridge/watchdog.hpp"
#include "bridge/wsgi.hpp"
#include "services/telemetry/log.hpp"

namespace py = pybind11;

namespace puff::bridge {
namespace {

using namespace std::chrono_literals;

/// C++ code as the work of a greenlet.
class main_work final : public work {
 public:
  main_work(std::function<int()> what, std::atomic<int>& status)
      : what_(std::move(what)), status_(status) {}
  void run() override { status_ = what_(); }

 private:
  std::function<int()> what_;
  std::atomic<int>& status_;
};

/// Shuts the lifespans down, before the greenlet thread ends.
class lifespans_end final : public work {
 public:
  lifespans_end(std::vector<asgi_gateway*> gateways, std::chrono::milliseconds grace)
      : gateways_(std::move(gateways)), grace_(grace) {}
  void run() override {
    wait_for_tasks();
    for (auto* each : gateways_) each->stop_lifespan(grace_);
  }

 private:
  /// Those that are coroutines; the others are work of this thread. Cancelled like any work.
  static void wait_for_tasks() {
    auto name = py::str("puff._tasks");
    auto module = py::reinterpret_steal<py::object>(PyImport_GetModule(name.ptr()));
    if (!module) return;  // no task has run
    auto* done = PyObject_CallMethod(module.ptr(), "wait_for_coroutines", nullptr);
    if (!done && is_cancelled())
      PyErr_Clear();
    else if (!done)
      report_exception("tasks");
    Py_XDECREF(done);
  }

  std::vector<asgi_gateway*> gateways_;
  std::chrono::milliseconds grace_;
};

/// The object of that name, or the text to show why there is none.
expected<py::object> load(const std::string& name) {
  auto commands = py::reinterpret_steal<py::object>(PyImport_ImportModule("puff._commands"));
  auto not_there = py::reinterpret_steal<py::object>(
      commands ? PyObject_GetAttrString(commands.ptr(), "NotThere") : nullptr);
  auto object = py::reinterpret_steal<py::object>(
      not_there ? PyObject_CallMethod(commands.ptr(), "load", "s", name.c_str()) : nullptr);
  if (object) return object;
  if (not_there && PyErr_ExceptionMatches(not_there.ptr())) {
    auto line = take_exception_text(traceback::last_line);
    return make_error(ec::not_found, line.substr(line.find(": ") + 2));
  }
  return make_error(ec::python_failed,
                    name + " cannot be imported\n" + take_exception_text(traceback::whole));
}

}  // namespace

/// In the order of construction; ended in the opposite one.
struct python_host::parts {
  parts(node& the_node, python_options given)
      : over(the_node),
        options(std::move(given)),
        greenlets(over.system(),
                  {.max_greenlets = options.max_greenlets, .runs_meanwhile = over.guest_loop()}),
        exchanges(greenlets),
        blocking(
            {.max_threads = options.max_blocking_threads, .idle_time = options.blocking_idle}) {}

  application_actor spawn_application(python_thread& thread, exchange_table& table,
                                      const char* title) {
    placement where{.home = &thread};
    over.mention(title, where.counts);
    return spawn<application>(over.system(), std::move(where), std::ref(thread), std::ref(table),
                              std::cref(gateways));
  }

  error add_gateway(const application_target& target, py::object object);

  error start_asyncio();
  void end_asyncio() {
    start_asyncio_by(nullptr);
    on_greenlets = on_asyncio = nullptr;
    if (!asyncio) return;
    asyncio->stop();
    asyncio->join();
  }

  node& over;
  python_options options;
  std::unique_ptr<interpreter> python;
  hub greenlets;
  exchange_table exchanges;
  std::unique_ptr<loop_thread> asyncio;
  std::unique_ptr<exchange_table> asyncio_exchanges;
  blocking_pool blocking;
  std::vector<std::unique_ptr<gateway>> gateways;
  std::vector<asgi_gateway*> lifespans;
  std::vector<task_runner_actor> runners;
  std::unique_ptr<watchdog> watching;
  application_actor on_greenlets, on_asyncio;
  std::atomic<int> status{0};
  std::atomic<bool> stopping{false};
};

namespace {

constexpr auto start_up_limit = 60s;

/// Calls a function of the package that prepares Python; `what` it prepares stands in the error.
error prepare(const char* module_name, const char* function, const std::string& what) {
  auto module = py::reinterpret_steal<py::object>(PyImport_ImportModule(module_name));
  auto done = py::reinterpret_steal<py::object>(
      module ? PyObject_CallMethod(module.ptr(), function, nullptr) : nullptr);
  if (done) return {};
  return make_error(ec::bad_config,
                    what + " cannot be used: " + take_exception_text(traceback::last_line));
}

}  // namespace

error python_host::parts::start_asyncio() {
  auto made = std::make_unique<loop_thread>(over.system(), loop_options{});
  if (auto failed = made->start()) return failed;
  asyncio = std::move(made);
  asyncio_exchanges = std::make_unique<exchange_table>(*asyncio);
  the_runtime().asyncio = asyncio.get();
  on_asyncio = spawn_application(*asyncio, *asyncio_exchanges, "python asyncio");
  return {};
}

error python_host::parts::add_gateway(const application_target& target, py::object object) {
  if (!PyCallable_Check(object.ptr()))
    return make_error(ec::bad_config, target.object + " is not callable");
  if (target.protocol == application_target::kind::wsgi) {
    gateways.push_back(std::make_unique<wsgi_gateway>(
        greenlets, std::move(object), wsgi_options{target.path, target.response_window}));
    return {};
  }
  if (!asyncio)
    return make_error(ec::bad_config, target.object +
                                          " is an ASGI application, which needs the "
                                          "asyncio thread: set asyncio = true");
  auto made = std::make_unique<asgi_gateway>(*asyncio, std::move(object),
                                             asgi_options{target.path, target.response_window});
  if (auto failed = made->start_lifespan(start_up_limit))
    return make_error(code_of(failed), target.object + ": " + context_of(failed));
  lifespans.push_back(made.get());
  gateways.push_back(std::move(made));
  return {};
}

python_host::python_host(std::unique_ptr<parts> started) : parts_(std::move(started)) {}

expected<std::unique_ptr<python_host>> python_host::start(node& over, python_options options) {
  auto made = std::make_unique<parts>(over, std::move(options));
  auto python = interpreter::start(made->options.interpreter);
  if (!python) return std::move(python.error());
  made->python = std::move(*python);
  auto& shared = the_runtime();
  shared.over = &over;
  shared.greenlets = &made->greenlets;
  shared.blocking = &made->blocking;
  shared.redis = over.redis_pools();
  shared.pubsub = over.pubsub_hubs();
  shared.postgres = over.postgres_pools();
  the_task_queues() = over.task_queues();
  the_actors().over = &over;
  made->on_greenlets =
      made->spawn_application(made->greenlets, made->exchanges, "python greenlets");
  if (made->options.asyncio) {
    if (auto failed = made->start_asyncio()) return failed;
  } else if (made->options.asyncio_later) {
    start_asyncio_by([parts = made.get()] { return parts->start_asyncio(); });
  }
  graphql::open_door(made->greenlets, made->asyncio.get());
  if (auto failed = prepare("puff._preparation", "prepare", "Python")) return failed;
  if (made->options.django)
    if (auto failed = prepare("puff._commands", "prepare_django", "Django")) return failed;
  if (auto failed = set_global_state(made->options.global_state)) return failed;
  made->watching = std::make_unique<watchdog>(made->greenlets, made->options.stall_threshold);
  return std::unique_ptr<python_host>{new python_host{std::move(made)}};
}

int python_host::run(std::function<int()> first) {
  auto& p = *parts_;
  p.greenlets.start(std::make_unique<main_work>(std::move(first), p.status));
  p.greenlets.run();
  graphql::close_door();
  p.runners.clear();
  actor_host::forget();
  p.end_asyncio();
  return p.status;
}

python_host::~python_host() {
  auto& p = *parts_;
  graphql::close_door();
  p.watching.reset();
  p.end_asyncio();  // it runs on if `run` was never called
  // Threads that still run Python would crash in an interpreter that is gone.
  const bool joined = p.blocking.stop(5s);
  p.gateways.clear();
  the_runtime() = {};
  the_task_queues().clear();
  the_actors() = {};
  actor_host::forget();
  if (joined) {
    if (auto failed = p.python->finalize()) log::warning("python", "{}", describe(failed));
  } else {
    interpreter::flush_output();
    p.python.release();
    log::warning("python", "blocking functions still run: they are left behind");
  }
}

expected<std::vector<application_actor>> python_host::mount(
    const std::vector<application_target>& targets) {
  std::vector<application_actor> actors;
  for (const auto& target : targets) {
    auto object = load(target.object);
    if (!object) return std::move(object.error());
    if (auto failed = parts_->add_gateway(target, std::move(*object))) return failed;
    const bool greenlet = target.protocol == application_target::kind::wsgi;
    actors.push_back(greenlet ? parts_->on_greenlets : parts_->on_asyncio);
  }
  return actors;
}

error python_host::run_tasks(const std::vector<task_queue_target>& targets) {
  if (targets.empty()) return {};
  auto& p = *parts_;
  auto module = py::reinterpret_steal<py::object>(PyImport_ImportModule("puff._tasks"));
  if (!module) return make_error(ec::python_failed, take_exception_text(traceback::whole));
  for (const auto& target : targets) {
    py::list modules, allow;
    for (const auto& each : target.modules) modules.append(py::str(each));
    for (const auto& each : target.allow) allow.append(py::str(each));
    auto ready = py::reinterpret_steal<py::object>(PyObject_CallMethod(
        module.ptr(), "prepare", "sOO", target.queue.c_str(), modules.ptr(), allow.ptr()));
    if (!ready)
      return make_error(ec::bad_config, "task queue '" + target.queue +
                                            "': a module of `modules` " + "cannot be imported\n" +
                                            take_exception_text(traceback::whole));
  }
  for (const auto& target : targets) {
    auto found = p.over.task_queues().find(target.queue);
    if (found == p.over.task_queues().end()) continue;
    placement where{.home = &p.greenlets};
    p.over.mention("tasks " + target.queue + " runner", where.counts);
    auto runner = spawn<task_runner>(p.over.system(), std::move(where), std::ref(p.greenlets),
                                     target.queue, found->second);
    p.runners.push_back(runner);
    p.over.hire(target.queue, runner);
  }
  return {};
}

error python_host::host_actors(const actor_target& target) {
  auto& access = the_actors();
  access.hosts = target.hosts;
  access.cluster = target.cluster;
  access.state = target.state;
  access.state_pool = target.state_pool;
  for (const auto& name : target.modules) {
    auto module = py::reinterpret_steal<py::object>(PyImport_ImportModule(name.c_str()));
    if (!module)
      return make_error(ec::bad_config, "[cluster]: module " + name + " cannot be imported\n" +
                                            take_exception_text(traceback::whole));
  }
  return {};
}

int python_host::call(const std::string& function, const std::vector<std::string>& arguments) {
  auto commands = py::reinterpret_steal<py::object>(PyImport_ImportModule("puff._commands"));
  if (!commands) {
    report_exception("puff._commands");
    return 1;
  }
  py::list texts;
  for (const auto& argument : arguments) texts.append(py::str(argument));
  auto status = py::reinterpret_steal<py::object>(
      PyObject_CallMethod(commands.ptr(), "call", "sO", function.c_str(), texts.ptr()));
  if (status) return static_cast<int>(PyLong_AsLong(status.ptr()));
  report_exception(function);
  return 1;
}

void python_host::stop(std::chrono::milliseconds grace) {
  if (parts_->stopping.exchange(true)) return;
  task_runner::begin_stopping();
  parts_->greenlets.post([this, grace] {
    auto& greenlets = parts_->greenlets;
    greenlets.start(std::make_unique<lifespans_end>(std::exchange(parts_->lifespans, {}), grace));
    greenlets.when_idle([&greenlets] { greenlets.stop(); });
    greenlets.deadlines().arm(greenlets.now() + grace, [&greenlets] { greenlets.cancel_all(); });
  });
}

void python_host::without_gil(const std::function<void()>& wait) {
  py::gil_scoped_release released;
  wait();
}

std::shared_ptr<const thread_hold> python_host::hold() const noexcept {
  return parts_->watching->hold();
}

std::string python_host::stacks() {
  auto state = PyGILState_Ensure();
  auto text = describe_stacks();
  PyGILState_Release(state);
  return text;
}

}  // namespace puff::bridge
