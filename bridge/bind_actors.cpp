#include <algorithm>
#include <caf/send.hpp>

#include "actors/core/ask.hpp"
#include "bridge/actor_host.hpp"
#include "bridge/bindings.hpp"
#include "bridge/internal/arguments.hpp"
#include "bridge/internal/returner.hpp"
#include "bridge/reference.hpp"
#include "bridge/runtime.hpp"

namespace puff::bridge {
namespace {

using internal::has_arguments;
using std::chrono::milliseconds;
using clock = deadline_wheel::clock;

constexpr long long longest_ms = 365LL * 86'400'000;
constexpr milliseconds grace{200};  // the federation keeps deadlines; ours is a net below it
constexpr milliseconds longest_tell{60'000};

bool read_text(PyObject* from, std::string& to) {
  char* data = nullptr;
  Py_ssize_t size = 0;
  if (PyUnicode_Check(from)) {
    const char* text = PyUnicode_AsUTF8AndSize(from, &size);
    if (text) to.assign(text, static_cast<std::size_t>(size));
    return text != nullptr;
  }
  if (PyBytes_AsStringAndSize(from, &data, &size) != 0) return false;
  to.assign(data, static_cast<std::size_t>(size));
  return true;
}

bool read_limit(PyObject* from, milliseconds& to) {
  const auto number = PyLong_AsLongLong(from);
  if (number == -1 && PyErr_Occurred()) return false;
  to = milliseconds{std::clamp(number, 0LL, longest_ms)};
  return true;
}

PyObject* to_text(const std::string& text) {
  return PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace");
}

PyObject* to_bytes(const std::string& text) {
  return PyBytes_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
}

node* node_or_raise(const char* caller) {
  auto* over = the_actors().over;
  if (!over)
    PyErr_Format(PyExc_RuntimeError, "%s() needs Puff's runtime: run the program under puff",
                 caller);
  return over;
}

/// name, node, verb, content type, body: the first five arguments of `ask` and `tell`.
bool read_letter(PyObject* const* args, actor_letter& to) {
  return read_text(args[0], to.to.name) && read_text(args[1], to.to.node) &&
         read_text(args[2], to.what.verb) && read_text(args[3], to.what.content_type) &&
         read_text(args[4], to.what.body);
}

/// What `decode` of an ask is given: a pair of content type and body, or type, text and traceback
/// of what was raised. Failures of Puff's own are raised as such.
PyObject* value_of(const actor_outcome& outcome) {
  if (auto* reply = std::get_if<actor_reply>(&outcome))
    return Py_BuildValue("(NN)", to_text(reply->content_type), to_bytes(reply->body));
  const auto& failed = std::get<actor_failure>(outcome);
  if (failed.type.empty()) {
    raise(error_of(failed));
    return nullptr;
  }
  return Py_BuildValue("(NNN)", to_text(failed.type), to_text(failed.text),
                       to_text(failed.traceback));
}

template <class Answer, class Atom, class Take, class... Question>
PyObject* ask_federation(const char* caller, milliseconds limit, PyObject* decode, Atom what,
                         Take take, Question... question) {
  auto* over = node_or_raise(caller);
  if (!over) return nullptr;
  return wait_for(
      caller,
      [&](python_thread& thread, wait_id id) {
        auto receiver = over->federation().get();
        if (!receiver || !thread.self)
          return thread.fail(id, make_error(ec::unavailable, "the federation is down"));
        ask(thread.self, *receiver, clock::now() + limit + grace, what, std::move(question)...)
            .then([&thread, id, take](Answer& reply) { take(thread, id, reply); },
                  [&thread, id](const error& why) { thread.fail(id, why); });
      },
      decode == Py_None ? nullptr : decode);
}

PyObject* actor_ask(PyObject*, PyObject* const* args, Py_ssize_t count) {
  actor_letter letter;
  milliseconds limit;
  if (!has_arguments("actor_ask", count, 7) || !read_letter(args, letter) ||
      !read_limit(args[5], limit))
    return nullptr;
  letter.deadline = clock::now() + limit;
  return ask_federation<actor_outcome_parcel>(
      "actor_ask", limit, args[6], ask_atom::value,
      [](python_thread& thread, wait_id id, const actor_outcome_parcel& reply) {
        thread.complete(id, [reply] { return value_of(reply.take()); });
      },
      actor_letter_parcel{std::move(letter)});
}

PyObject* actor_tell(PyObject*, PyObject* const* args, Py_ssize_t count) {
  actor_letter letter;
  if (!has_arguments("actor_tell", count, 5) || !read_letter(args, letter)) return nullptr;
  auto* over = node_or_raise("actor_tell");
  if (!over) return nullptr;
  letter.deadline = clock::now() + longest_tell;
  if (auto receiver = over->federation().get())
    caf::anon_send(*receiver, tell_atom::value, actor_letter_parcel{std::move(letter)});
  Py_RETURN_NONE;
}

PyObject* actor_announce(PyObject*, PyObject* const* args, Py_ssize_t count) {
  actor_announcement what;
  if (!has_arguments("actor_announce", count, 2) || !read_text(args[0], what.kind)) return nullptr;
  const auto life = PyLong_AsLong(args[1]);
  if (life == -1 && PyErr_Occurred()) return nullptr;
  what.life = static_cast<actor_life>(life);
  auto* over = the_actors().over;
  // Before the runtime is there, or on a node that only asks, a class announces nothing.
  if (!over || !the_actors().hosts) Py_RETURN_FALSE;
  auto host = actor_host::living();
  if (!host) Py_RETURN_FALSE;
  over->announce(std::move(what), host);
  Py_RETURN_TRUE;
}

PyObject* actor_withdraw(PyObject*, PyObject* const* args, Py_ssize_t count) {
  std::string kind;
  if (!has_arguments("actor_withdraw", count, 1) || !read_text(args[0], kind)) return nullptr;
  if (auto* over = the_actors().over) over->withdraw(kind);
  Py_RETURN_NONE;
}

PyObject* actor_rest_of(PyObject*, PyObject* const* args, Py_ssize_t count) {
  actor_rest what;
  milliseconds limit;
  if (!has_arguments("actor_rest", count, 6) || !read_text(args[0], what.name) ||
      !read_limit(args[5], limit))
    return nullptr;
  what.token = PyLong_AsUnsignedLongLong(args[1]);
  if (PyErr_Occurred()) return nullptr;
  what.saves = args[2] != Py_None;
  if (what.saves && !read_text(args[2], what.state)) return nullptr;
  what.releases = PyObject_IsTrue(args[3]) == 1;
  return ask_federation<rest_atom>(
      "actor_rest", limit, args[4], rest_atom::value,
      [](python_thread& thread, wait_id id, rest_atom) {
        thread.complete(id, [] { return Py_NewRef(Py_True); });
      },
      actor_rest_parcel{std::move(what)});
}

PyObject* actor_reply_to(PyObject*, PyObject* const* args, Py_ssize_t count) {
  actor_reply reply;
  if (!has_arguments("actor_reply", count, 3)) return nullptr;
  const auto handle = PyLong_AsUnsignedLongLong(args[0]);
  if (PyErr_Occurred() || !read_text(args[1], reply.content_type) ||
      !read_text(args[2], reply.body))
    return nullptr;
  actor_host::answer(handle, std::move(reply));
  Py_RETURN_NONE;
}

ec code_named(const std::string& name) {
  for (auto i = static_cast<int>(ec::bad_argument); i <= static_cast<int>(ec::internal); ++i)
    if (row_of(static_cast<ec>(i)).name == name) return static_cast<ec>(i);
  return ec::python_failed;
}

PyObject* actor_fail(PyObject*, PyObject* const* args, Py_ssize_t count) {
  actor_failure why;
  std::string code;
  if (!has_arguments("actor_fail", count, 5)) return nullptr;
  const auto handle = PyLong_AsUnsignedLongLong(args[0]);
  if (PyErr_Occurred() || !read_text(args[1], code) || !read_text(args[2], why.type) ||
      !read_text(args[3], why.text) || !read_text(args[4], why.traceback))
    return nullptr;
  why.code = code_named(code);
  actor_host::answer(handle, std::move(why));
  Py_RETURN_NONE;
}

PyObject* actor_rested(PyObject*, PyObject* const* args, Py_ssize_t count) {
  using extent = actor_host::extent;
  if (!has_arguments("actor_rested", count, 1)) return nullptr;
  actor_host::rested(args[0] == Py_True ? extent::all : extent::movable);
  Py_RETURN_NONE;
}

PyObject* actor_remind(PyObject*, PyObject* const* args, Py_ssize_t count) {
  actor_reminder what;
  milliseconds limit;
  if (!has_arguments("actor_remind", count, 8) || !read_text(args[0], what.actor) ||
      !read_text(args[1], what.reminder) || !read_limit(args[2], what.delay) ||
      !read_limit(args[3], what.period) || !read_text(args[4], what.what.verb) ||
      !read_text(args[5], what.what.content_type) || !read_text(args[6], what.what.body) ||
      !read_limit(args[7], limit))
    return nullptr;
  return ask_federation<remind_atom>(
      "actor_remind", limit, Py_None, remind_atom::value,
      [](python_thread& thread, wait_id id, remind_atom) {
        thread.complete(id, [] { return Py_NewRef(Py_None); });
      },
      actor_reminder_parcel{std::move(what)});
}

PyObject* actor_forget(PyObject*, PyObject* const* args, Py_ssize_t count) {
  std::string actor, reminder;
  milliseconds limit;
  if (!has_arguments("actor_forget", count, 3) || !read_text(args[0], actor) ||
      !read_text(args[1], reminder) || !read_limit(args[2], limit))
    return nullptr;
  return ask_federation<bool>(
      "actor_forget", limit, Py_None, forget_atom::value,
      [](python_thread& thread, wait_id id, bool known) {
        thread.complete(id, [known] { return Py_NewRef(known ? Py_True : Py_False); });
      },
      std::move(actor), std::move(reminder));
}

PyObject* actor_settings(PyObject*, PyObject* const*, Py_ssize_t) {
  const auto& a = the_actors();
  return Py_BuildValue("(NNN)", to_text(a.cluster), to_text(a.state), to_text(a.state_pool));
}

PyObject* leases_valid(PyObject*, PyObject* const*, Py_ssize_t) {
  auto* over = the_actors().over;
  return PyBool_FromLong(over && over->leases()->valid());
}

PyObject* node_name(PyObject*, PyObject* const*, Py_ssize_t) {
  auto* over = node_or_raise("node_name");
  return over ? to_text(over->name()) : nullptr;
}

/// As `wrap_async`, with a limit.
PyObject* wait_within(PyObject*, PyObject* const* args, Py_ssize_t count) {
  milliseconds limit;
  if (!has_arguments("wait_within", count, 2) || !internal::is_callable("wait_within", args[0]) ||
      !read_limit(args[1], limit))
    return nullptr;
  python_thread* waiting = nullptr;
  deadline_wheel::ticket expiry;
  auto* value = wait_for("wait_within", [&](python_thread& thread, wait_id id) {
    waiting = &thread;
    expiry = thread.deadlines().arm(clock::now() + limit, [&thread, id] {
      thread.fail(id, make_error(ec::timed_out, "no answer in time"));
    });
    auto* ret = internal::new_returner(thread, id);
    auto* started = ret ? PyObject_CallOneArg(args[0], ret) : nullptr;
    if (!started) thread.complete(id, [why = outcome::take(nullptr)] { return why.give(); });
    Py_XDECREF(started);
    Py_XDECREF(ret);
  });
  // A greenlet has its answer by now; a future's limit goes on, and finds nobody if it is too late.
  if (waiting && the_runtime().greenlets == waiting) waiting->deadlines().cancel(expiry);
  return value;
}

/// Calls a function on the greenlet thread, outside greenlets: it must not wait.
PyObject* call_after(PyObject*, PyObject* const* args, Py_ssize_t count) {
  milliseconds delay;
  auto* greenlets = the_runtime().greenlets;
  if (!has_arguments("call_after", count, 2) || !read_limit(args[0], delay)) return nullptr;
  if (!greenlets) {
    PyErr_SetString(PyExc_RuntimeError, "call_after() needs Puff's runtime");
    return nullptr;
  }
  const auto number = actor_host::keep_for_later(args[1]);
  auto arm = [greenlets, delay, number] {
    greenlets->deadlines().arm(clock::now() + delay, [number] { actor_host::run_later(number); });
  };
  if (greenlets->on_own_thread())
    arm();
  else
    greenlets->post(arm);
  Py_RETURN_NONE;
}

}  // namespace

bool bind_actors(PyObject* module) {
  using internal::fast;
  static PyMethodDef functions[] = {
      fast("actor_ask", actor_ask,
           "actor_ask($module, name, node, verb, content_type, body, timeout_ms, decode, /)\n--\n\n"
           "Asks an actor and gives decode((content_type, body) or (type, text, traceback))."),
      fast("actor_tell", actor_tell,
           "actor_tell($module, name, node, verb, content_type, body, /)\n--\n\nTells an actor."),
      fast("actor_announce", actor_announce,
           "actor_announce($module, kind, life, /)\n--\n\n"
           "This node keeps actors of that kind; False if it does not."),
      fast("actor_withdraw", actor_withdraw,
           "actor_withdraw($module, kind, /)\n--\n\nIt keeps them no more."),
      fast("actor_rest", actor_rest_of,
           "actor_rest($module, name, token, state, releases, decode, timeout_ms, /)\n--\n\n"
           "Saves and releases an actor of this node."),
      fast("actor_reply", actor_reply_to,
           "actor_reply($module, handle, content_type, body, /)\n--\n\nAnswers an ask."),
      fast("actor_fail", actor_fail,
           "actor_fail($module, handle, code, type, text, traceback, /)\n--\n\nFails an ask."),
      fast("actor_rested", actor_rested,
           "actor_rested($module, all, /)\n--\n\n"
           "All actors of this node are at rest, or those that other nodes can have."),
      fast("actor_remind", actor_remind,
           "actor_remind($module, name, reminder, delay_ms, period_ms, verb, content_type, body, "
           "timeout_ms, /)\n--\n\nSets a reminder of an actor; a period of 0: once."),
      fast("actor_forget", actor_forget,
           "actor_forget($module, name, reminder, timeout_ms, /)\n--\n\n"
           "Takes a reminder back; whether there was one."),
      fast("actor_settings", actor_settings,
           "actor_settings($module, /)\n--\n\n"
           "The cluster's name, where states are saved by default, and the pool for PostgreSQL."),
      fast("leases_valid", leases_valid,
           "leases_valid($module, /)\n--\n\nWhether this node may act on its leases."),
      fast("node_name", node_name, "node_name($module, /)\n--\n\nThe name of this node."),
      fast("wait_within", wait_within,
           "wait_within($module, start, timeout_ms, /)\n--\n\n"
           "Calls start(ret) and waits until ret was called; TimeoutError after that time."),
      fast("call_after", call_after,
           "call_after($module, ms, function, /)\n--\n\n"
           "Calls a function that does not wait, later, on the greenlet thread."),
      {nullptr, nullptr, 0, nullptr}};
  return PyModule_AddFunctions(module, functions) == 0;
}

}  // namespace puff::bridge
