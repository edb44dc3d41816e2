#include <algorithm>
#include <array>
#include <caf/send.hpp>

#include "actors/core/ask.hpp"
#include "bridge/bindings.hpp"
#include "bridge/convert.hpp"
#include "bridge/internal/arguments.hpp"
#include "bridge/python_thread.hpp"
#include "bridge/task_runner.hpp"
#include "services/tasks/cron.hpp"
#include "services/tasks/identity.hpp"
#include "services/tasks/record.hpp"

namespace puff::bridge {
namespace {

using internal::has_arguments;
using std::chrono::milliseconds;
using clock = deadline_wheel::clock;

PyObject* to_bytes(std::string_view text) {
  return PyBytes_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
}

/// The bytes of str (as UTF-8), bytes or int; false with an exception.
bool read_text(PyObject* from, std::string& to) {
  char* data = nullptr;
  Py_ssize_t size = 0;
  if (PyUnicode_Check(from)) {
    const char* text = PyUnicode_AsUTF8AndSize(from, &size);
    if (text) to.assign(text, static_cast<std::size_t>(size));
    return text != nullptr;
  }
  if (PyLong_Check(from)) {
    const auto number = PyLong_AsLongLong(from);
    to = std::to_string(number);
    return !PyErr_Occurred();
  }
  if (PyBytes_AsStringAndSize(from, &data, &size) != 0) return false;
  to.assign(data, static_cast<std::size_t>(size));
  return true;
}

bool read_id(PyObject* from, task_id& to) {
  std::string text;
  if (!read_text(from, text)) return false;
  auto id = task_id::from(text);
  if (id) to = *id;
  if (!id) PyErr_Format(PyExc_ValueError, "a task's id has 16 bytes, not %zu", text.size());
  return id.has_value();
}

bool read_number(PyObject* from, long long& to) {
  to = PyLong_AsLongLong(from);
  return !(to == -1 && PyErr_Occurred());
}

/// Asks the queue's scheduler; what it answers becomes a value by `value_of`, under the GIL.
template <class Answer, class Atom, class Question, class ValueOf>
PyObject* ask_queue(const char* caller, PyObject* queue, milliseconds limit, PyObject* decode,
                    Atom what, Question question, ValueOf value_of) {
  const char* name = PyUnicode_AsUTF8(queue);
  if (!name) return nullptr;
  return wait_for(
      caller,
      [&](python_thread& thread, wait_id id) {
        auto found = the_task_queues().find(std::string_view{name});
        if (found == the_task_queues().end())
          return thread.fail(
              id, make_error(ec::not_found,
                             "no task queue is named '" + std::string{name} +
                                 "': add a [[task_queue]] table of that name to puff.toml"));
        auto receiver = found->second.get();
        if (!receiver || !thread.self)
          return thread.fail(
              id, make_error(ec::unavailable, "task queue '" + std::string{name} + "' is down"));
        // The queue keeps the deadline; ours is there for one that does not answer at all.
        ask(thread.self, *receiver, clock::now() + limit + std::chrono::seconds{1}, what,
            std::move(question))
            .then(
                [&thread, id, value_of](Answer& reply) {
                  thread.complete(id, [reply, value_of] { return value_of(reply.take()); });
                },
                [&thread, id](const error& why) { thread.fail(id, why); });
      },
      decode == Py_None ? nullptr : decode);
}

PyObject* task_new_id(PyObject*, PyObject* const*, Py_ssize_t count) {
  static tasks::identity_source ids;  // guarded by the GIL
  if (!has_arguments("task_new_id", count, 0)) return nullptr;
  return to_bytes(ids.next().view());
}

PyObject* task_id_text(PyObject*, PyObject* const* args, Py_ssize_t count) {
  task_id id;
  if (!has_arguments("task_id_text", count, 1) || !read_id(args[0], id)) return nullptr;
  return PyUnicode_FromString(tasks::to_text(id).c_str());
}

PyObject* task_check_cron(PyObject*, PyObject* const* args, Py_ssize_t count) {
  std::string text;
  if (!has_arguments("task_check_cron", count, 1) || !read_text(args[0], text)) return nullptr;
  auto parsed = tasks::cron::parse(text);
  if (parsed) Py_RETURN_NONE;
  PyErr_SetString(PyExc_ValueError, context_of(parsed.error()).c_str());
  return nullptr;
}

bool read_extras(PyObject* extras, tasks::record& r) {
  if (extras == Py_None) return true;
  if (!PyTuple_Check(extras) || PyTuple_GET_SIZE(extras) != 10) {
    PyErr_SetString(PyExc_TypeError, "a task's extras are a tuple of ten");
    return false;
  }
  auto item = [extras](Py_ssize_t i) { return PyTuple_GET_ITEM(extras, i); };
  std::array<long long, 6> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i)
    if (!read_number(item(static_cast<Py_ssize_t>(i) + 2), numbers[i])) return false;
  for (auto& each : numbers) each = std::clamp(each, 0LL, 0xFFFFFFFFLL);
  r.concurrency = static_cast<std::uint32_t>(numbers[0]);
  r.limit = {static_cast<std::uint32_t>(numbers[1]), milliseconds{numbers[2]}};
  r.again = {static_cast<std::uint32_t>(numbers[3]), milliseconds{numbers[4]},
             milliseconds{numbers[5]}};
  return read_text(item(0), r.unique) && read_text(item(1), r.limit_key) &&
         read_text(item(8), r.next) && read_text(item(9), r.member);
}

PyObject* task_encode(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("task_encode", count, 7)) return nullptr;
  tasks::record r;
  long long timeout = 0, keep = 0, priority = 0, attempts = 0;
  if (!read_text(args[0], r.function) || !read_text(args[1], r.param) ||
      !read_number(args[2], timeout) || !read_number(args[3], keep) ||
      !read_number(args[4], priority) || !read_number(args[5], attempts) ||
      !read_extras(args[6], r))
    return nullptr;
  r.timeout = milliseconds{timeout};
  r.keep_result = milliseconds{keep};
  r.priority = static_cast<int>(std::clamp<long long>(priority, -1'000, 1'000));
  r.max_attempts = static_cast<std::uint16_t>(std::clamp<long long>(attempts, 0, 10'000));
  if (auto wrong = tasks::validate(r)) {
    PyErr_SetString(PyExc_ValueError, context_of(wrong).c_str());
    return nullptr;
  }
  return to_bytes(tasks::encode(r));
}

bool read_order(PyObject* from, task_order& to) {
  long long due = 0;
  if (!PyTuple_Check(from) || PyTuple_GET_SIZE(from) != 4) {
    PyErr_SetString(PyExc_TypeError, "a task is a tuple of id, due time, unique key, record");
    return false;
  }
  if (!read_id(PyTuple_GET_ITEM(from, 0), to.id) || !read_number(PyTuple_GET_ITEM(from, 1), due) ||
      !read_text(PyTuple_GET_ITEM(from, 2), to.unique) ||
      !read_text(PyTuple_GET_ITEM(from, 3), to.record))
    return false;
  constexpr long long latest = 1LL << 43;
  if (due > latest) {
    PyErr_Format(PyExc_ValueError, "scheduled_time_unix_ms must be at most %lld", latest);
    return false;
  }
  to.due_ms = due;
  return true;
}

PyObject* list_of_ids(const std::vector<task_id>& ids) {
  auto* list = PyList_New(static_cast<Py_ssize_t>(ids.size()));
  for (std::size_t i = 0; list && i < ids.size(); ++i) {
    auto* id = to_bytes(ids[i].view());
    if (!id) Py_CLEAR(list);
    if (id) PyList_SET_ITEM(list, static_cast<Py_ssize_t>(i), id);
  }
  return list;
}

PyObject* task_add(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("task_add", count, 6)) return nullptr;
  long long limit = 0;
  if (!PyList_Check(args[1]) || !PyList_Check(args[2]) || !read_number(args[4], limit)) {
    if (!PyErr_Occurred()) PyErr_SetString(PyExc_TypeError, "task_add() needs two lists");
    return nullptr;
  }
  task_orders orders;
  orders.tasks.resize(static_cast<std::size_t>(PyList_GET_SIZE(args[1])));
  for (std::size_t i = 0; i < orders.tasks.size(); ++i)
    if (!read_order(PyList_GET_ITEM(args[1], static_cast<Py_ssize_t>(i)), orders.tasks[i]))
      return nullptr;
  orders.later.resize(static_cast<std::size_t>(PyList_GET_SIZE(args[2])));
  for (std::size_t i = 0; i < orders.later.size(); ++i)
    if (!read_text(PyList_GET_ITEM(args[2], static_cast<Py_ssize_t>(i)), orders.later[i]))
      return nullptr;
  orders.wake = PyObject_IsTrue(args[3]) == 1;
  orders.deadline = clock::now() + milliseconds{limit};
  return ask_queue<task_ids_parcel>("task_add", args[0], milliseconds{limit}, args[5],
                                    add_atom::value, task_orders_parcel{std::move(orders)},
                                    list_of_ids);
}

PyObject* task_wait_for(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("task_wait", count, 4)) return nullptr;
  task_wait what;
  long long limit = 0;
  if (!read_id(args[1], what.id) || !read_number(args[2], limit)) return nullptr;
  constexpr long long longest = 365LL * 86'400'000;
  limit = std::clamp(limit, 0LL, longest);
  if (limit > 0) what.deadline = clock::now() + milliseconds{limit};
  return ask_queue<task_result_parcel>(
      "task_wait", args[0], milliseconds{limit} + std::chrono::seconds{10}, args[3],
      wait_atom::value, task_wait_parcel{what},
      [](const task_result& data) { return data.empty() ? Py_NewRef(Py_None) : to_bytes(data); });
}

PyObject* task_call_script(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("task_call", count, 5)) return nullptr;
  task_call what;
  long long limit = 0;
  if (!read_text(args[1], what.script) || !read_number(args[3], limit)) return nullptr;
  if (!PyTuple_Check(args[2])) {
    PyErr_SetString(PyExc_TypeError, "task_call() needs a tuple of arguments");
    return nullptr;
  }
  what.arguments.resize(static_cast<std::size_t>(PyTuple_GET_SIZE(args[2])));
  for (std::size_t i = 0; i < what.arguments.size(); ++i)
    if (!read_text(PyTuple_GET_ITEM(args[2], static_cast<Py_ssize_t>(i)), what.arguments[i]))
      return nullptr;
  what.deadline = clock::now() + milliseconds{limit};
  return ask_queue<redis_reply>(
      "task_call", args[0], milliseconds{limit}, args[4], call_atom::value,
      task_call_parcel{std::move(what)},
      [](const std::vector<redis_value>& values) { return to_python(values.front()); });
}

PyObject* task_end_of(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("task_end", count, 4)) return nullptr;
  long long handle = 0, kind = 0, delay = 0;
  task_end end;
  if (!read_number(args[0], handle) || !read_number(args[1], kind) ||
      !read_text(args[2], end.data) || !read_number(args[3], delay))
    return nullptr;
  end.outcome = static_cast<task_end::how>(kind);
  end.delay = milliseconds{delay};
  task_runner::report(static_cast<std::uint64_t>(handle), std::move(end));
  Py_RETURN_NONE;
}

PyObject* task_rhythm_of(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("task_rhythm", count, 4)) return nullptr;
  task_rhythm one;
  const char* queue = PyUnicode_AsUTF8(args[0]);
  if (!queue || !read_text(args[1], one.name) || !read_text(args[2], one.cron) ||
      !read_text(args[3], one.record))
    return nullptr;
  auto found = the_task_queues().find(std::string_view{queue});
  auto receiver = found == the_task_queues().end() ? std::nullopt : found->second.get();
  if (receiver)
    caf::anon_send(*receiver, rhythm_atom::value,
                   task_rhythms_parcel{task_rhythms{std::move(one)}});
  Py_RETURN_NONE;
}

PyObject* node_stops(PyObject*, PyObject* const*, Py_ssize_t) {
  return PyBool_FromLong(task_runner::stopping());
}

}  // namespace

bool bind_tasks(PyObject* module) {
  using internal::fast;
  static PyMethodDef functions[] = {
      fast("task_new_id", task_new_id,
           "task_new_id($module, /)\n--\n\nAn id that no other task has."),
      fast("task_id_text", task_id_text,
           "task_id_text($module, id, /)\n--\n\nAn id as people write it."),
      fast(
          "task_check_cron", task_check_cron,
          "task_check_cron($module, text, /)\n--\n\nValueError if it is no time in cron's manner."),
      fast("task_encode", task_encode,
           "task_encode($module, path, param, timeout_ms, keep_ms, priority, max_attempts, "
           "extras, /)\n--\n\nA task as it lies in Redis; ValueError names what is wrong."),
      fast("task_add", task_add,
           "task_add($module, queue, tasks, later, wake, timeout_ms, decode, /)\n--\n\n"
           "Puts tasks (id, due, unique key, record) into a queue and gives decode(ids)."),
      fast("task_wait", task_wait_for,
           "task_wait($module, queue, id, timeout_ms, decode, /)\n--\n\n"
           "Waits for a task's end and gives decode(b'+..' or b'-..' or None)."),
      fast("task_call", task_call_script,
           "task_call($module, queue, script, arguments, timeout_ms, decode, /)\n--\n\n"
           "Runs one of the queue's scripts and gives decode(reply)."),
      fast("task_end", task_end_of,
           "task_end($module, handle, kind, data, delay_ms, /)\n--\n\nAn attempt has ended."),
      fast("task_rhythm", task_rhythm_of,
           "task_rhythm($module, queue, name, cron, record, /)\n--\n\n"
           "A task that comes again and again."),
      fast("node_stops", node_stops, "node_stops($module, /)\n--\n\nWhether the node stops."),
      {nullptr, nullptr, 0, nullptr}};
  return PyModule_AddFunctions(module, functions) == 0;
}

}  // namespace puff::bridge
