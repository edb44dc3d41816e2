#include "bridge/graphql/client.hpp"

#include <caf/send.hpp>
#include <deque>
#include <mutex>

#include "actors/core/ask.hpp"
#include "bridge/graphql/arguments.hpp"
#include "bridge/internal/arguments.hpp"
#include "bridge/python_thread.hpp"
#include "bridge/runtime.hpp"

namespace puff::bridge::graphql {
namespace {

using namespace std::chrono_literals;

/// The resolver keeps the deadline of an execution; this one is for a resolver that is stuck.
constexpr auto backstop = 120s;

struct asked {
  graphql_resolver_actor by;
  graphql_call call;
};

/// What is asked, and whom; none with an exception.
std::optional<asked> read_call(const char* caller, PyObject* const* args, Py_ssize_t count) {
  std::string schema;
  asked out;
  out.call.ticket = next_graphql_ticket();
  if (!internal::has_arguments(caller, count, 7) || !read(args[0], schema) ||
      !read(args[1], out.call.query) || !read(args[2], out.call.variables) ||
      !read(args[3], out.call.operation_name) || !read(args[4], out.call.headers) ||
      !read(args[5], out.call.token))
    return std::nullopt;
  if (args[6] != Py_None) {
    std::string pool;
    out.call.session = PyLong_AsUnsignedLongLong(PyTuple_GET_ITEM(args[6], 0));
    if (PyErr_Occurred() || !read(PyTuple_GET_ITEM(args[6], 1), pool)) return std::nullopt;
    out.call.database = std::move(pool);
  }
  const auto& known = the_runtime().graphql;
  const auto found = known.find(schema);
  const auto living = found == known.end() ? std::nullopt : found->second.get();
  if (living) {
    out.by = *living;
    return out;
  }
  raise(found == known.end()
            ? make_error(ec::not_found, "no GraphQL schema is named '" + schema +
                                            "': add a [[graphql]] table of that name to puff.toml")
            : make_error(ec::unavailable, "GraphQL schema '" + schema + "' is down"));
  return std::nullopt;
}

/// Events that were told and not yet received, and who waits for one.
class mailbox final : public graphql_subscriber {
 public:
  mailbox(graphql_resolver_actor by, graphql_ticket ticket) : by_(std::move(by)), ticket_(ticket) {}

  void tell(graphql_event event) override {
    std::scoped_lock lock{guards_the_rest_};
    told_.push_back(std::move(event));
    give();
  }

  /// Completes the wait with the next event.
  void receive(python_thread& thread, wait_id id) {
    std::scoped_lock lock{guards_the_rest_};
    waiting_.push_back({&thread, id});
    give();
  }

  void close() {
    std::scoped_lock lock{guards_the_rest_};
    if (std::exchange(is_over_, true)) return;
    caf::anon_send(by_, stop_atom::value, ticket_);
    told_.clear();
    give();
  }

 private:
  struct receiver {
    python_thread* thread;
    wait_id id;
  };

  void give() {
    while (!waiting_.empty() && (is_over_ || !told_.empty())) {
      auto to = waiting_.front();
      waiting_.pop_front();
      auto body = next_body();
      to.thread->complete_later(to.id, [body]() -> PyObject* {
        if (!body) Py_RETURN_NONE;
        return new_text(*body);
      });
    }
  }

  /// None at the end.
  std::optional<std::string> next_body() {
    if (told_.empty()) return std::nullopt;
    auto event = std::move(told_.front());
    told_.pop_front();
    if (event.last)
      is_over_ = true;
    else
      caf::anon_send(by_, taken_atom::value, ticket_);
    if (event.last && event.what.body.empty()) return std::nullopt;
    return std::move(event.what.body);
  }

  const graphql_resolver_actor by_;
  const graphql_ticket ticket_;
  std::mutex guards_the_rest_;
  std::deque<graphql_event> told_;  // one, and the end
  std::deque<receiver> waiting_;
  bool is_over_ = false;
};

struct subscription_object {
  PyObject_HEAD std::shared_ptr<mailbox> events;
};

PyTypeObject* subscription_type = nullptr;  // lives as long as the interpreter

mailbox& events_of(PyObject* self) { return *reinterpret_cast<subscription_object*>(self)->events; }

PyObject* new_subscription(std::shared_ptr<mailbox> events) {
  auto* self = subscription_type->tp_alloc(subscription_type, 0);
  if (self)
    std::construct_at(&reinterpret_cast<subscription_object*>(self)->events, std::move(events));
  return self;
}

void deallocate(PyObject* object) {
  auto& self = *reinterpret_cast<subscription_object*>(object);
  self.events->close();
  std::destroy_at(&self.events);
  auto* type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

PyObject* receive(PyObject* self, PyObject*) {
  auto events = reinterpret_cast<subscription_object*>(self)->events;
  return wait_for("Subscription.receive",
                  [&](python_thread& thread, wait_id id) { events->receive(thread, id); });
}

PyObject* close(PyObject* self, PyObject*) {
  events_of(self).close();
  Py_RETURN_NONE;
}

bool is_down(python_thread& thread, wait_id id) {
  if (thread.self) return false;
  thread.fail(id, make_error(ec::shutting_down));
  return true;
}

}  // namespace

PyObject* query(PyObject*, PyObject* const* args, Py_ssize_t count) {
  auto what = read_call("graphql_query", args, count);
  if (!what) return nullptr;
  return wait_for("global_graphql.query", [&](python_thread& thread, wait_id id) {
    if (is_down(thread, id)) return;
    ask(thread.self, what->by, backstop, execute_atom::value,
        graphql_call_parcel{std::move(what->call)})
        .then(
            [&thread, id](graphql_answer_parcel& answer) {
              thread.complete(id, [answer] { return new_text(answer.take().body); });
            },
            [&thread, id](const error& why) { thread.fail(id, why); });
  });
}

PyObject* subscribe(PyObject*, PyObject* const* args, Py_ssize_t count) {
  auto what = read_call("graphql_subscribe", args, count);
  if (!what) return nullptr;
  auto events = std::make_shared<mailbox>(what->by, what->call.ticket);
  return wait_for("global_graphql.subscribe", [&](python_thread& thread, wait_id id) {
    if (is_down(thread, id)) return;
    graphql_subscription wished{std::move(what->call), events};
    ask(thread.self, what->by, backstop, open_atom::value,
        graphql_subscription_parcel{std::move(wished)})
        .then(
            [&thread, id, events](graphql_answer_parcel& answer) {
              thread.complete(id, [answer, events]() -> PyObject* {
                auto how = answer.take();
                if (how.how != graphql_outcome::opened)
                  return Py_BuildValue("(ON)", Py_None, new_text(how.body));
                return Py_BuildValue("(NO)", new_subscription(events), Py_None);
              });
            },
            [&thread, id](const error& why) { thread.fail(id, why); });
  });
}

bool add_subscription_type(PyObject* module) {
  static PyMethodDef methods[] = {
      {"receive", receive, METH_NOARGS,
       "receive($self, /)\n--\n\nWaits for the next response, JSON; None at the end."},
      {"close", close, METH_NOARGS, "close($self, /)\n--\n\nEnds it."},
      {nullptr, nullptr, 0, nullptr}};
  static PyType_Slot slots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
                                {Py_tp_methods, methods},
                                {Py_tp_doc, const_cast<char*>("An open subscription.")},
                                {0, nullptr}};
  static PyType_Spec spec{"puff._puff.GraphqlSubscription", sizeof(subscription_object), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  subscription_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  return subscription_type &&
         PyModule_AddObjectRef(module, "GraphqlSubscription",
                               reinterpret_cast<PyObject*>(subscription_type)) == 0;
}

}  // namespace puff::bridge::graphql
