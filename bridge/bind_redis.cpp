#include "actors/core/ask.hpp"
#include "bridge/bindings.hpp"
#include "bridge/convert.hpp"
#include "bridge/internal/arguments.hpp"
#include "bridge/python_thread.hpp"
#include "bridge/runtime.hpp"

namespace puff::bridge {
namespace {

using internal::has_arguments;
using std::chrono::milliseconds;

/// The one value of a reply, a failure raised.
PyObject* single(const std::vector<redis_value>& values) {
  auto* value = to_python(values.front());
  if (!value || !PyExceptionInstance_Check(value)) return value;
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(value)), value);
  Py_DECREF(value);
  return nullptr;
}

/// All values of a reply in a list, failures as instances.
PyObject* several(const std::vector<redis_value>& values) { return to_python(redis_value{values}); }

using build = PyObject* (*)(const std::vector<redis_value>&);

void ask_pool(python_thread& thread, wait_id id, const std::string& pool, redis_commands commands,
              build value_of) {
  auto found = the_runtime().redis.find(pool);
  if (found == the_runtime().redis.end())
    return thread.fail(
        id, make_error(ec::not_found, "no Redis pool is named '" + pool +
                                          "': add a [[redis]] table of that name to puff.toml"));
  auto receiver = found->second.get();
  if (!receiver || !thread.self)
    return thread.fail(id, make_error(ec::unavailable, "Redis pool '" + pool + "' is down"));
  // The pool keeps the deadline; ours is there for a pool that does not answer at all.
  auto backstop = commands.deadline + std::chrono::seconds{1};
  ask(thread.self, *receiver, backstop, command_atom::value, redis_request{std::move(commands)})
      .then(
          [&thread, id, value_of](redis_reply& reply) {
            thread.complete(id, [reply, value_of] { return value_of(reply.take()); });
          },
          [&thread, id](const error& why) { thread.fail(id, why); });
}

PyObject* run(const char* caller, PyObject* pool, redis_commands commands, PyObject* timeout_ms,
              PyObject* decode, build value_of) {
  const char* name = PyUnicode_AsUTF8(pool);
  const auto limit = PyLong_AsLong(timeout_ms);
  if (!name || (limit == -1 && PyErr_Occurred())) return nullptr;
  commands.deadline = deadline_wheel::clock::now() + milliseconds{limit};
  return wait_for(
      caller,
      [&](python_thread& thread, wait_id id) {
        ask_pool(thread, id, name, std::move(commands), value_of);
      },
      decode == Py_None ? nullptr : decode);
}

PyObject* redis_call(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("redis_call", count, 4)) return nullptr;
  redis_commands commands;
  if (!append_command(commands, args[1])) return nullptr;
  return run("redis_call", args[0], std::move(commands), args[2], args[3], single);
}

PyObject* redis_pipeline(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("redis_pipeline", count, 4)) return nullptr;
  if (!PyList_Check(args[1]) || PyList_GET_SIZE(args[1]) == 0) {
    PyErr_SetString(PyExc_TypeError, "redis_pipeline() needs a non-empty list of commands");
    return nullptr;
  }
  redis_commands commands;
  commands.count = static_cast<std::uint32_t>(PyList_GET_SIZE(args[1]));
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(args[1]); ++i)
    if (!append_command(commands, PyList_GET_ITEM(args[1], i))) return nullptr;
  return run("redis_pipeline", args[0], std::move(commands), args[2], args[3], several);
}

}  // namespace

bool bind_redis(PyObject* module) {
  static PyMethodDef functions[] = {
      internal::fast(
          "redis_call", redis_call,
          "redis_call($module, pool, words, timeout_ms, decode, /)\n--\n\n"
          "Runs one command (a tuple) and gives decode(reply), or the reply if decode is\n"
          "None; a failure is raised as RedisError."),
      internal::fast(
          "redis_pipeline", redis_pipeline,
          "redis_pipeline($module, pool, commands, timeout_ms, decode, /)\n--\n\n"
          "Runs a list of commands on one connection and gives decode(replies); failures\n"
          "are RedisError instances in the list."),
      {nullptr, nullptr, 0, nullptr}};
  return PyModule_AddFunctions(module, functions) == 0;
}

}  // namespace puff::bridge
