#pragma once

#include <pybind11/pybind11.h>

#include <functional>
#include <memory>

#include "actors/core/loop.hpp"
#include "bridge/graphql/kept_object.hpp"
#include "bridge/graphql/python_field.hpp"

namespace puff::bridge::graphql {

/// A call of a Python function on the thread it belongs to, started from any other. Shared by
/// whoever waits for it and the thread that runs it.
class python_call : public std::enable_shared_from_this<python_call> {
 public:
  virtual ~python_call() = default;

  /// False: that thread is not there (any more), or has too much to do.
  bool start(runs_on where);
  /// Nobody wants it any more: raises Cancelled, or asyncio's CancelledError, where it waits. From
  /// any thread.
  void cancel();

  // With the GIL, on the thread that runs it.
  /// What to call, and with what: new references; null with an exception.
  virtual PyObject* function() = 0;
  virtual PyObject* argument() = 0;
  /// How it ended: a value (borrowed), or null with the exception set. Called once.
  virtual void ended(PyObject* value) = 0;
  virtual std::string title() const = 0;
  /// What stands before the title of its greenlet.
  virtual const char* kind() const { return "GraphQL"; }
  /// It could not be started after all, or was cancelled before. Perhaps without the GIL.
  virtual void not_started() = 0;

 private:
  friend class call_work;
  void run_here();
  void run_on_asyncio();

  runs_on where_ = runs_on::greenlet;
  void* work_ = nullptr;  // while it is on a greenlet; hub's thread
  bool cancelled_ = false;
  kept_object task_;  // asyncio's thread
};

/// Runs `what` on the loop an execution lives on; here and now if it has none.
void post_home(loop* home, std::function<void()> what);

/// Adds the type by which a task of asyncio gives back what it returned. Once, at import.
bool add_task_end_type(PyObject* module);

}  // namespace puff::bridge::graphql
