#include "bridge/internal/pubsub_inbox.hpp"

#include <caf/send.hpp>
#include <utility>

#include "bridge/internal/arguments.hpp"
#include "bridge/internal/pubsub_message.hpp"
#include "bridge/internal/ready_await.hpp"
#include "bridge/loop_thread.hpp"
#include "bridge/python_thread.hpp"
#include "bridge/runtime.hpp"

namespace puff::bridge::internal {
namespace {

using inbox_ptr = std::shared_ptr<pubsub::inbox>;

struct inbox_object {
  PyObject_HEAD subscriber_side side;
  std::shared_ptr<thread_address> waits_on;  // of the wait below
  wait_id waiting;
  std::weak_ptr<void> wait_lives;  // until its answer is taken, or its wake-up replaced
  deadline_wheel::ticket expiry;
  unsigned taken;  // without letting others run
};

/// So many messages are taken in a row before other greenlets or tasks get a turn.
constexpr unsigned turn_length = 128;

PyTypeObject* inbox_type = nullptr;  // lives as long as the interpreter

inbox_object& object_of(PyObject* self) { return *reinterpret_cast<inbox_object*>(self); }

/// What `receive` returns now: an item, None at the end, or the reason of the end as an exception.
PyObject* next_of(pubsub::inbox& from) {
  if (auto item = from.take()) return new_pubsub_item(std::move(*item));
  if (auto why = from.reason()) {
    raise(why);
    return nullptr;
  }
  Py_RETURN_NONE;
}

/// Ends the wait when there is something, which is taken when the waiting code goes on: one that
/// was cancelled meanwhile takes nothing along.
void end_wait(python_thread& thread, wait_id id, const inbox_ptr& inbox,
              deadline_wheel::ticket expiry, const std::shared_ptr<void>& lives) {
  thread.complete(id, [&thread, inbox, expiry, lives] {
    thread.deadlines().cancel(expiry);
    return next_of(*inbox);
  });
}

bool is_waited_for(inbox_object& self, python_thread& thread) {
  return !self.wait_lives.expired() &&
         (self.waits_on != thread.address() || thread.waits(self.waiting));
}

PyObject* wait_for_item(inbox_object& self, python_thread& thread, PyObject* timeout_ms) {
  const long limit = timeout_ms == Py_None ? -1 : PyLong_AsLong(timeout_ms);
  if (limit == -1 && PyErr_Occurred()) return nullptr;
  auto id = thread.open_wait();
  if (!id) return nullptr;
  self.taken = 0;
  self.waits_on = thread.address();
  self.waiting = id;
  self.expiry = {};
  if (limit >= 0)
    self.expiry = thread.deadlines().arm(
        thread.now() + std::chrono::milliseconds{limit},
        [&thread, id] { thread.fail(id, make_error(ec::timed_out, "no message in time")); });
  auto lives = std::make_shared<char>();
  self.wait_lives = lives;
  auto wake = [address = thread.address(), &thread, id, inbox = self.side.inbox,
               expiry = self.expiry, lives = std::shared_ptr<void>{lives}] {
    address->post(
        [&thread, id, inbox, expiry, lives] { end_wait(thread, id, inbox, expiry, lives); });
  };
  if (!self.side.inbox->wait(wake)) wake();
  return thread.suspend(id);
}

PyObject* receive(PyObject* object, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("receive", count, 1)) return nullptr;
  auto* thread = python_thread::current();
  if (!thread) {
    raise_outside("receive");
    return nullptr;
  }
  auto& self = object_of(object);
  if (is_waited_for(self, *thread)) {
    PyErr_SetString(PyExc_RuntimeError,
                    "somebody else waits in receive() of this connection: give each its own");
    return nullptr;
  }
  if (++self.taken >= turn_length) return wait_for_item(self, *thread, args[0]);
  auto item = self.side.inbox->take();
  if (!item) return wait_for_item(self, *thread, args[0]);
  auto* message = new_pubsub_item(std::move(*item));
  return static_cast<python_thread*>(the_runtime().asyncio) == thread ? new_ready_await(message)
                                                                      : message;
}

void leave(subscriber_side& side) {
  side.inbox->close();
  if (auto hub = side.hub.get()) caf::anon_send(*hub, forget_atom::value, inbox_parcel{side.inbox});
}

PyObject* close(PyObject* self, PyObject*) {
  leave(object_of(self).side);
  Py_RETURN_NONE;
}

PyObject* get_closed(PyObject* self, void*) {
  return PyBool_FromLong(object_of(self).side.inbox->closed());
}
PyObject* get_lost(PyObject* self, void*) {
  return PyLong_FromUnsignedLongLong(object_of(self).side.inbox->lost());
}
PyObject* get_waiting(PyObject* self, void*) {
  return PyLong_FromSize_t(object_of(self).side.inbox->size());
}

void deallocate(PyObject* self) {
  auto& object = object_of(self);
  if (!object.side.inbox->closed()) leave(object.side);
  std::destroy_at(&object.side);
  std::destroy_at(&object.waits_on);
  std::destroy_at(&object.wait_lives);
  auto* type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

}  // namespace

PyObject* new_pubsub_inbox(resource<pubsub_hub_actor> hub, pubsub::inbox_options options) {
  auto* object = inbox_type->tp_alloc(inbox_type, 0);
  if (!object) return nullptr;
  auto& made = object_of(object);
  std::construct_at(&made.side,
                    subscriber_side{std::make_shared<pubsub::inbox>(options), std::move(hub)});
  std::construct_at(&made.waits_on);
  std::construct_at(&made.wait_lives);
  made.waiting = {};
  made.expiry = {};
  made.taken = 0;
  return object;
}

const subscriber_side* subscriber_of(PyObject* object) {
  if (Py_IS_TYPE(object, inbox_type)) return &object_of(object).side;
  PyErr_Format(PyExc_TypeError, "this needs a PubSubInbox, not %.100s", Py_TYPE(object)->tp_name);
  return nullptr;
}

bool add_pubsub_inbox_type(PyObject* module) {
  static PyMethodDef methods[] = {
      fast("receive", receive, "receive($self, timeout_ms, /)\n--\n\nThe next item; waits."),
      {"close", close, METH_NOARGS, "close($self, /)\n--\n\nEnds all subscriptions."},
      {nullptr, nullptr, 0, nullptr}};
  static PyGetSetDef attributes[] = {{"closed", get_closed, nullptr, nullptr, nullptr},
                                     {"lost", get_lost, nullptr, nullptr, nullptr},
                                     {"waiting", get_waiting, nullptr, nullptr, nullptr},
                                     {nullptr, nullptr, nullptr, nullptr, nullptr}};
  static PyType_Slot slots[] = {{Py_tp_methods, methods},
                                {Py_tp_getset, attributes},
                                {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
                                {0, nullptr}};
  static PyType_Spec spec{"puff._puff.PubSubInbox", sizeof(inbox_object), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  inbox_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  return inbox_type &&
         PyModule_AddObjectRef(module, "PubSubInbox", reinterpret_cast<PyObject*>(inbox_type)) == 0;
}

}  // namespace puff::bridge::internal
