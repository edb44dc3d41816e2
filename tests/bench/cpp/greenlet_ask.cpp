// What it costs a greenlet to ask an actor on another thread. Usage: bench_greenlet_ask FOLDER
// [SCALE], FOLDER being the one with greenlet_ask.py, which measures by the functions made here.
#include "bridge/python_host.hpp"
#include "bridge/python_thread.hpp"

#include <array>
#include <cstdio>

#include "actors/core/ask.hpp"
#include "actors/core/spawn.hpp"
#include "bridge/internal/arguments.hpp"

namespace puff::bridge {
namespace {

using namespace std::chrono_literals;
using echo_actor = caf::typed_actor<caf::replies_to<check_atom, int>::with<int>>;

struct echo {
  using interface = echo_actor;
  static constexpr const char* name = "echo";
  explicit echo(self_pointer<interface>) {}
  interface::behavior_type make_behavior() {
    return {[](check_atom, int x) { return x; }};
  }
};

/// Whom the functions ask; guarded by the GIL.
echo_actor& the_echo() {
  static echo_actor one;
  return one;
}

void complete_with(python_thread& thread, wait_id id, long x) {
  thread.complete(id, [x] { return PyLong_FromLong(x); });
}

/// ask(x): x, by way of the actor.
PyObject* ask_echo(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!internal::has_arguments("ask", count, 1)) return nullptr;
  const auto x = static_cast<int>(PyLong_AsLong(args[0]));
  if (PyErr_Occurred()) return nullptr;
  return wait_for("ask", [x](python_thread& thread, wait_id id) {
    ask(thread.self, the_echo(), 30s, check_atom::value, x)
        .then([&thread, id](int back) { complete_with(thread, id, back); },
              [&thread, id](const error& why) { thread.fail(id, why); });
  });
}

/// answered(x): x, a wait whose answer is there before it suspends.
PyObject* answered(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!internal::has_arguments("answered", count, 1)) return nullptr;
  const auto x = PyLong_AsLong(args[0]);
  return wait_for("answered",
                  [x](python_thread& thread, wait_id id) { complete_with(thread, id, x); });
}

/// yielded(x): x, after a switch to the hub, where the answer is, and back.
PyObject* yielded(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!internal::has_arguments("yielded", count, 1)) return nullptr;
  const auto x = PyLong_AsLong(args[0]);
  return wait_for("yielded", [x](python_thread& thread, wait_id id) {
    thread.post([&thread, id, x] { complete_with(thread, id, x); });
  });
}

/// Puts the functions where `import bench_actor` finds them.
bool add_module() {
  static std::array<PyMethodDef, 4> functions{
      internal::fast("ask", ask_echo, "ask($module, x, /)\n--\n\nx, by way of the actor."),
      internal::fast("answered", answered, "answered($module, x, /)\n--\n\nx, at once."),
      internal::fast("yielded", yielded, "yielded($module, x, /)\n--\n\nx, by way of the hub."),
      PyMethodDef{nullptr, nullptr, 0, nullptr}};
  auto* module = PyImport_AddModule("bench_actor");  // borrowed
  return module && PyModule_AddFunctions(module, functions.data()) == 0;
}

int run(const char* folder, const char* scale) {
  node_options about;
  about.io_threads = 1;
  node over{std::move(about)};
  the_echo() = spawn<echo>(over.system(), {.home = &over.loop()});
  python_options options;
  options.interpreter.python_path = {folder};
  options.interpreter.add_cwd = false;
  auto host = python_host::start(over, std::move(options));
  if (!host) {
    std::fprintf(stderr, "%s\n", describe(host.error()).c_str());
    return 1;
  }
  int status = (*host)->run([&] {
    int result = 1;
    if (add_module())
      result = (*host)->call("greenlet_ask.main", {scale});
    else
      PyErr_Print();
    (*host)->stop(0ms);
    return result;
  });
  the_echo() = nullptr;
  return status;
}

}  // namespace
}  // namespace puff::bridge

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: bench_greenlet_ask FOLDER [SCALE]\n");
    return 2;
  }
  return puff::bridge::run(argv[1], argc > 2 ? argv[2] : "1");
}
