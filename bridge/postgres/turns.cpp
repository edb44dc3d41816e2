#include "bridge/postgres/turns.hpp"

#include <algorithm>
#include <deque>
#include <memory>

#include "bridge/hub.hpp"
#include "bridge/internal/arguments.hpp"
#include "bridge/postgres/dbapi_names.hpp"
#include "bridge/postgres/waiting.hpp"
#include "bridge/runtime.hpp"

namespace puff::bridge::postgres {
namespace {

using internal::fast;

/// As many share a turn at most: their requests wait for the server in the memory of this process.
constexpr unsigned most_sharing = 64;

enum class manner : std::uint8_t { alone, shared };

/// A greenlet, by its thread and wait, or a thread that blocks.
struct waiter {
  explicit waiter(manner wanted) : how(wanted) {}
  manner how;
  python_thread* thread = nullptr;
  wait_id id;
  std::shared_ptr<blocked_wait> blocked;
  bool has_turn = false;
};
using waiter_ptr = std::shared_ptr<waiter>;

/// Guarded by the GIL.
struct turns_object {
  PyObject_HEAD bool taken;
  unsigned sharing;
  std::deque<waiter_ptr> waiting;
};

turns_object& turns_of(PyObject* object) { return *reinterpret_cast<turns_object*>(object); }

PyObject* nothing() { return Py_NewRef(Py_None); }

/// One that has given up before it saw its turn passes it on.
void wake(waiter& next) {
  next.has_turn = true;
  if (next.blocked)
    next.blocked->complete(nothing);
  else if (next.thread->on_own_thread())
    next.thread->complete(next.id, nothing);
  else
    next.thread->complete_later(next.id, nothing);
}

bool take(turns_object& turns, manner how) {
  const bool alone = how == manner::alone;
  if (turns.taken || turns.sharing >= (alone ? 1 : most_sharing)) return false;
  alone ? turns.taken = true : ++turns.sharing;
  return true;
}

void give_up(turns_object& turns, manner how) {
  how == manner::alone ? turns.taken = false : --turns.sharing;
  while (!turns.waiting.empty() && take(turns, turns.waiting.front()->how)) {
    const auto next = std::move(turns.waiting.front());
    turns.waiting.pop_front();
    wake(*next);
  }
}

PyObject* wait_as_greenlet(const waiter_ptr& me) {
  return wait_for("enter", [&](python_thread& thread, wait_id id) {
    me->thread = &thread;
    me->id = id;
  });
}

PyObject* wait_as_thread(const waiter_ptr& me) {
  me->blocked = std::make_shared<blocked_wait>();
  return me->blocked->wait(deadline_in(-1));
}

PyObject* wait_for_turn(turns_object& turns, manner how) {
  auto* allowed = PyObject_CallNoArgs(names().check_may_wait);
  if (!allowed) return nullptr;
  Py_DECREF(allowed);
  const auto me = turns.waiting.emplace_back(std::make_shared<waiter>(how));
  auto* greenlets = the_runtime().greenlets;
  auto* done = greenlets && greenlets->in_greenlet() ? wait_as_greenlet(me) : wait_as_thread(me);
  if (done) return done;
  if (me->has_turn)
    give_up(turns, how);
  else
    std::erase(turns.waiting, me);
  return nullptr;
}

template <manner How>
PyObject* enter(PyObject* self, PyObject* const*, Py_ssize_t) {
  auto& turns = turns_of(self);
  // Nobody overtakes those who wait.
  if (!turns.waiting.empty() || !take(turns, How)) return wait_for_turn(turns, How);
  Py_RETURN_NONE;
}

template <manner How>
PyObject* leave(PyObject* self, PyObject* const*, Py_ssize_t) {
  auto& turns = turns_of(self);
  if (How == manner::alone ? !turns.taken : turns.sharing == 0) {
    PyErr_SetString(PyExc_RuntimeError, "nobody has the turn");
    return nullptr;
  }
  give_up(turns, How);
  Py_RETURN_NONE;
}

PyObject* make(PyTypeObject* type, PyObject*, PyObject*) {
  auto* object = type->tp_alloc(type, 0);
  if (object) std::construct_at(&turns_of(object).waiting);
  return object;
}

void deallocate(PyObject* object) {
  std::destroy_at(&turns_of(object).waiting);
  auto* type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

PyMethodDef methods[] = {
    fast("enter", enter<manner::alone>, "enter($self, /)\n--\n\nWaits for the turn."),
    fast("leave", leave<manner::alone>, "leave($self, /)\n--\n\nEnds the turn."),
    fast("share", enter<manner::shared>,
         "share($self, /)\n--\n\nWaits for a turn that others may have at the same time."),
    fast("unshare", leave<manner::shared>, "unshare($self, /)\n--\n\nEnds such a turn."),
    fast("__enter__", enter<manner::alone>, "__enter__($self, /)\n--\n\nWaits for the turn."),
    fast("__exit__", leave<manner::alone>,
         "__exit__($self, kind, error, trace, /)\n--\n\nEnds the turn."),
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

bool add_turns_type(PyObject* module) {
  static PyType_Slot slots[] = {
      {Py_tp_new, reinterpret_cast<void*>(make)},
      {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
      {Py_tp_methods, methods},
      {Py_tp_doc, const_cast<char*>("A lock whose waiters may be greenlets: while one waits, "
                                    "others of its thread run. Not re-entrant.")},
      {0, nullptr}};
  static PyType_Spec spec{"puff._puff.PgTurns", sizeof(turns_object), 0, Py_TPFLAGS_DEFAULT, slots};
  auto* type = PyType_FromSpec(&spec);
  const bool added = type && PyModule_AddObjectRef(module, "PgTurns", type) == 0;
  Py_XDECREF(type);
  return added;
}

}  // namespace puff::bridge::postgres
