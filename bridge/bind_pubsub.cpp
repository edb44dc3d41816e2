#include "actors/core/ask.hpp"
#include "bridge/bindings.hpp"
#include "bridge/internal/arguments.hpp"
#include "bridge/internal/pubsub_inbox.hpp"
#include "bridge/internal/pubsub_message.hpp"
#include "bridge/internal/pubsub_words.hpp"
#include "bridge/python_thread.hpp"
#include "bridge/runtime.hpp"

namespace puff::bridge {
namespace {

using internal::has_arguments;
using std::chrono::milliseconds;
using hub_resource = resource<pubsub_hub_actor>;
using internal::hub_named;
using internal::read_text;

constexpr long long max_kept = 1'000'000;

bool read_kind(PyObject* object, subscription_kind& into) {
  const auto number = PyLong_AsLong(object);
  if (number == -1 && PyErr_Occurred()) return false;
  if (number < 0 || number > 2) {
    PyErr_SetString(PyExc_ValueError, "a kind of subscription is 0, 1 or 2");
    return false;
  }
  into = static_cast<subscription_kind>(number);
  return true;
}

/// How many are kept (0: it is not) and for how long.
bool read_keeping(PyObject* keep, PyObject* keep_for_ms, publication& into) {
  const auto most = PyLong_AsLongLong(keep);
  const auto ms = most != -1 ? PyLong_AsLongLong(keep_for_ms) : -1;
  if (PyErr_Occurred()) return false;
  if (most < 0 || most > max_kept || (most > 0 && ms < 1)) {
    PyErr_SetString(PyExc_ValueError, "keep must be from 0 to 1000000, keep_for_ms at least 1");
    return false;
  }
  into.keep = static_cast<std::uint32_t>(most);
  into.keep_for = milliseconds{ms};
  return true;
}

template <class Verb>
PyObject* change(const char* caller, Verb verb, PyObject* const* args, PyObject* since = nullptr) {
  const auto* side = internal::subscriber_of(args[0]);
  subscription_wish wish;
  if (!side || !read_kind(args[1], wish.what.kind) || !read_text(args[2], wish.what.name))
    return nullptr;
  const auto limit = PyLong_AsLong(args[3]);
  if (limit == -1 && PyErr_Occurred()) return nullptr;
  if (since && since != Py_None && !read_text(since, wish.since)) return nullptr;
  wish.who = side->inbox;
  wish.deadline = deadline_wheel::clock::now() + milliseconds{limit};
  return wait_for(caller, [&](python_thread& thread, wait_id id) {
    auto hub = side->hub.get();
    if (!hub || !thread.self)
      return thread.fail(id, make_error(ec::unavailable, "the pub/sub pool is down"));
    auto backstop = wish.deadline + std::chrono::seconds{1};
    ask(thread.self, *hub, backstop, verb, subscription_parcel{std::move(wish)})
        .then([&thread, id](Verb) { thread.complete(id, [] { return Py_NewRef(Py_True); }); },
              [&thread, id](const error& why) {
                // To leave what one has not joined changes nothing, and says so.
                if (code_of(why) == ec::not_found)
                  return thread.complete(id, [] { return Py_NewRef(Py_False); });
                thread.fail(id, why);
              });
  });
}

PyObject* pubsub_subscribe(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("pubsub_subscribe", count, 5)) return nullptr;
  return change("subscribe", subscribe_atom::value, args, args[4]);
}

PyObject* pubsub_unsubscribe(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("pubsub_unsubscribe", count, 4)) return nullptr;
  return change("unsubscribe", leave_atom::value, args);
}

PyObject* pubsub_open(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("pubsub_open", count, 4)) return nullptr;
  const auto* hub = hub_named(args[0]);
  pubsub::inbox_options options;
  options.max_messages = hub ? PyLong_AsSize_t(args[1]) : 0;
  options.max_bytes = hub && !PyErr_Occurred() ? PyLong_AsSize_t(args[2]) : 0;
  if (PyErr_Occurred()) return nullptr;
  options.tells_gaps = PyObject_IsTrue(args[3]) == 1;
  if (options.max_messages > 0) return internal::new_pubsub_inbox(*hub, options);
  PyErr_SetString(PyExc_ValueError, "max_messages must be at least 1");
  return nullptr;
}

PyObject* pubsub_publish(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("pubsub_publish", count, 8)) return nullptr;
  const auto* hub = hub_named(args[0]);
  publication what;
  const bool read = hub && read_text(args[1], what.channel) && read_text(args[2], what.body) &&
                    read_text(args[3], what.from) && read_kind(args[4], what.kind);
  const auto limit = read ? PyLong_AsLong(args[5]) : -1;
  if (limit == -1 && PyErr_Occurred()) return nullptr;
  if (!read_keeping(args[6], args[7], what)) return nullptr;
  what.deadline = deadline_wheel::clock::now() + milliseconds{limit};
  return wait_for("publish", [&](python_thread& thread, wait_id id) {
    auto living = hub->get();
    if (!living || !thread.self)
      return thread.fail(id, make_error(ec::unavailable, "the pub/sub pool is down"));
    auto backstop = what.deadline + std::chrono::seconds{1};
    ask(thread.self, *living, backstop, publish_atom::value, publication_parcel{std::move(what)})
        .then([&thread,
               id](std::uint64_t) { thread.complete(id, [] { return Py_NewRef(Py_True); }); },
              [&thread, id](const error& why) { thread.fail(id, why); });
  });
}

}  // namespace

bool bind_pubsub(PyObject* module) {
  static PyMethodDef functions[] = {
      internal::fast("pubsub_open", pubsub_open,
                     "pubsub_open($module, pool, max_messages, max_bytes, tells_gaps, /)\n--\n\n"
                     "A new PubSubInbox."),
      internal::fast("pubsub_subscribe", pubsub_subscribe,
                     "pubsub_subscribe($module, inbox, kind, name, timeout_ms, since, /)\n--\n\n"
                     "True when the server has confirmed; what follows `since`, a position or "
                     "None, comes first."),
      internal::fast("pubsub_unsubscribe", pubsub_unsubscribe,
                     "pubsub_unsubscribe($module, inbox, kind, name, timeout_ms, /)\n--\n\n"
                     "True when nothing comes any more, False if it was not subscribed."),
      internal::fast("pubsub_publish", pubsub_publish,
                     "pubsub_publish($module, pool, channel, body, sender, kind, timeout_ms, keep, "
                     "keep_for_ms, /)\n--\n\nTrue when the server has taken it."),
      {nullptr, nullptr, 0, nullptr}};
  return PyModule_AddFunctions(module, functions) == 0 && bind_pubsub_channels(module) &&
         internal::add_pubsub_message_types(module) && internal::add_pubsub_inbox_type(module);
}

}  // namespace puff::bridge
