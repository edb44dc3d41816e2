#include "bridge/postgres/own_node.hpp"

#include <csignal>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <memory>

#include "actors/core/asio_loop.hpp"
#include "actors/outside_desk.hpp"
#include "actors/postgres_pool.hpp"
#include "bridge/postgres/failure.hpp"
#include "bridge/postgres/session.hpp"

namespace puff::bridge::postgres {
namespace {

/// Threads that are made meanwhile leave signals to Python's.
class signals_held {
 public:
  signals_held() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~signals_held() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  signals_held(const signals_held&) = delete;
  signals_held& operator=(const signals_held&) = delete;

 private:
  sigset_t before_;
};

struct own_node {
  own_node() {
    puff::postgres::pool_options options;
    options.name = "connections";
    options.max_size = 0;
    access.pool.set(spawn<postgres_pool>(system, {.home = &loop}, std::ref(loop.io()), options));
    access.desk.set(spawn<outside_desk>(system, {.home = &loop}));
  }
  ~own_node() {
    access.pool.set(std::nullopt);
    access.desk.set(std::nullopt);
  }

  unsigned made_in = session::forks();
  caf::actor_system_config config;
  caf::actor_system system{
      config.set("scheduler.policy", caf::atom("sharing")).set("scheduler.max-threads", 1)};
  asio_loop loop{system};
  postgres_access access;
};

// Guarded by the GIL.
own_node* the_node = nullptr;
bool ended = false;

PyObject* end_node(PyObject*, PyObject*) {
  ended = true;
  auto* node = std::exchange(the_node, nullptr);
  // After a fork its threads are not here.
  if (!node || node->made_in != session::forks()) Py_RETURN_NONE;
  Py_BEGIN_ALLOW_THREADS;
  delete node;
  Py_END_ALLOW_THREADS;
  Py_RETURN_NONE;
}

}  // namespace

const postgres_access* own_pool() {
  if (ended) {
    raise_failure(make_error(ec::shutting_down, "the interpreter ends"));
    return nullptr;
  }
  // What the parent left is no use and cannot be ended here.
  if (the_node && the_node->made_in != session::forks()) the_node = nullptr;
  if (!the_node) {
    signals_held hold;
    the_node = new own_node;
  }
  return &the_node->access;
}

bool end_own_node_at_exit() {
  static PyMethodDef end{"end_own_node", end_node, METH_NOARGS, nullptr};
  auto* atexit = PyImport_ImportModule("atexit");
  auto* function = atexit ? PyCFunction_New(&end, nullptr) : nullptr;
  auto* done = function ? PyObject_CallMethod(atexit, "register", "O", function) : nullptr;
  Py_XDECREF(done);
  Py_XDECREF(function);
  Py_XDECREF(atexit);
  return done != nullptr;
}

}  // namespace puff::bridge::postgres
