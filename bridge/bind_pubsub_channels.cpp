#include "actors/core/ask.hpp"
#include "bridge/bindings.hpp"
#include "bridge/internal/arguments.hpp"
#include "bridge/internal/pubsub_inbox.hpp"
#include "bridge/internal/pubsub_message.hpp"
#include "bridge/internal/pubsub_words.hpp"
#include "bridge/python_thread.hpp"

namespace py = pybind11;

/// What a channel is asked besides its messages: its history, and who is there.
namespace puff::bridge {
namespace {

using internal::has_arguments;
using internal::read_text;
using std::chrono::milliseconds;
using hub_resource = resource<pubsub_hub_actor>;

constexpr long max_count = 1'000'000;

PyObject* messages_of(const pubsub_messages& all) {
  auto* list = PyList_New(static_cast<Py_ssize_t>(all.size()));
  for (std::size_t i = 0; list && i < all.size(); ++i) {
    auto* message = internal::new_pubsub_item({all[i], {}});
    if (!message) Py_CLEAR(list);
    if (list) PyList_SET_ITEM(list, static_cast<Py_ssize_t>(i), message);
  }
  return list;
}

PyObject* text(const std::string& from) {
  return PyUnicode_DecodeUTF8(from.data(), static_cast<Py_ssize_t>(from.size()), "surrogateescape");
}

/// Pairs of an id and its info as JSON.
PyObject* presents_of(const pubsub_presents& all) {
  auto list = py::reinterpret_steal<py::object>(PyList_New(0));
  for (const auto& each : all) {
    auto who = py::reinterpret_steal<py::object>(text(each.who));
    auto info = py::reinterpret_steal<py::object>(who ? text(each.info) : nullptr);
    auto pair =
        py::reinterpret_steal<py::object>(info ? PyTuple_Pack(2, who.ptr(), info.ptr()) : nullptr);
    if (!pair || PyList_Append(list.ptr(), pair.ptr()) != 0) return nullptr;
  }
  return list.release().ptr();
}

template <class Parcel, class Verb, class Build>
PyObject* question(const char* caller, const hub_resource& hub, Verb verb, channel_question about,
                   Build build, PyObject* decode = nullptr) {
  auto start = [&](python_thread& thread, wait_id id) {
    auto living = hub.get();
    if (!living || !thread.self)
      return thread.fail(id, make_error(ec::unavailable, "the pub/sub pool is down"));
    auto backstop = about.deadline + std::chrono::seconds{1};
    ask(thread.self, *living, backstop, verb, channel_question_parcel{std::move(about)})
        .then(
            [&thread, id, build](Parcel& found) {
              thread.complete(id, [found, build] { return build(found.take()); });
            },
            [&thread, id](const error& why) { thread.fail(id, why); });
  };
  return wait_for(caller, start, decode);
}

PyObject* pubsub_history(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("pubsub_history", count, 5)) return nullptr;
  const auto* hub = internal::hub_named(args[0]);
  channel_question about;
  if (!hub || !read_text(args[1], about.channel)) return nullptr;
  const auto most = PyLong_AsLong(args[2]);
  const auto limit = PyErr_Occurred() ? -1 : PyLong_AsLong(args[4]);
  if (PyErr_Occurred() || (args[3] != Py_None && !read_text(args[3], about.since))) return nullptr;
  if (most < 1 || most > max_count) {
    PyErr_SetString(PyExc_ValueError, "count must be from 1 to 1000000");
    return nullptr;
  }
  about.count = static_cast<std::uint32_t>(most);
  about.deadline = deadline_wheel::clock::now() + milliseconds{limit};
  return question<pubsub_messages_parcel>("history", *hub, recall_atom::value, std::move(about),
                                          messages_of);
}

PyObject* pubsub_presence(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("pubsub_presence", count, 4)) return nullptr;
  const auto* hub = internal::hub_named(args[0]);
  channel_question about;
  if (!hub || !read_text(args[1], about.channel)) return nullptr;
  const auto limit = PyLong_AsLong(args[2]);
  if (PyErr_Occurred()) return nullptr;
  about.deadline = deadline_wheel::clock::now() + milliseconds{limit};
  return question<pubsub_presents_parcel>("presence", *hub, present_atom::value, std::move(about),
                                          presents_of, args[3]);
}

PyObject* attend(const char* caller, const internal::subscriber_side& side, attendance_wish wish) {
  return wait_for(caller, [&](python_thread& thread, wait_id id) {
    auto hub = side.hub.get();
    if (!hub || !thread.self)
      return thread.fail(id, make_error(ec::unavailable, "the pub/sub pool is down"));
    auto backstop = wish.what.deadline + std::chrono::seconds{1};
    ask(thread.self, *hub, backstop, attend_atom::value, attendance_parcel{std::move(wish)})
        .then(
            [&thread, id](attend_atom) { thread.complete(id, [] { return Py_NewRef(Py_True); }); },
            [&thread, id](const error& why) {
              if (code_of(why) == ec::not_found)
                return thread.complete(id, [] { return Py_NewRef(Py_False); });
              thread.fail(id, why);
            });
  });
}

bool read_attendance(PyObject* const* args, attendance& into) {
  if (!read_text(args[1], into.who) || !read_text(args[2], into.channel)) return false;
  const auto limit = PyLong_AsLong(args[3]);
  into.deadline = deadline_wheel::clock::now() + milliseconds{limit};
  return !PyErr_Occurred();
}

PyObject* pubsub_enter(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("pubsub_enter", count, 6)) return nullptr;
  const auto* side = internal::subscriber_of(args[0]);
  attendance_wish wish;
  if (!side || !read_attendance(args, wish.what) || !read_text(args[4], wish.what.info))
    return nullptr;
  wish.who = side->inbox;
  wish.what.announced = PyObject_IsTrue(args[5]) == 1;
  return attend("enter", *side, std::move(wish));
}

PyObject* pubsub_leave(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("pubsub_leave", count, 4)) return nullptr;
  const auto* side = internal::subscriber_of(args[0]);
  attendance_wish wish;
  if (!side || !read_attendance(args, wish.what)) return nullptr;
  wish.who = side->inbox;
  wish.does = attendance_wish::direction::leaves;
  return attend("leave", *side, std::move(wish));
}

}  // namespace

bool bind_pubsub_channels(PyObject* module) {
  static PyMethodDef functions[] = {
      internal::fast("pubsub_history", pubsub_history,
                     "pubsub_history($module, pool, channel, count, since, timeout_ms, /)\n--\n\n"
                     "The messages that are kept, oldest first."),
      internal::fast("pubsub_presence", pubsub_presence,
                     "pubsub_presence($module, pool, channel, timeout_ms, decode, /)\n--\n\n"
                     "Pairs of a connection's id and its info as JSON, through `decode`."),
      internal::fast("pubsub_enter", pubsub_enter,
                     "pubsub_enter($module, inbox, id, channel, timeout_ms, info, announced, /)"
                     "\n--\n\nTrue when the server knows."),
      internal::fast("pubsub_leave", pubsub_leave,
                     "pubsub_leave($module, inbox, id, channel, timeout_ms, /)\n--\n\n"
                     "True, or False if it was not there."),
      {nullptr, nullptr, 0, nullptr}};
  return PyModule_AddFunctions(module, functions) == 0;
}

}  // namespace puff::bridge
