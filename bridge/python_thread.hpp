#pragma once

// Python.h must come first.
#include <pybind11/pybind11.h>

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "actors/core/inbox.hpp"
#include "actors/core/loop.hpp"
#include "actors/core/spawn.hpp"
#include "actors/interfaces.hpp"
#include "schemas/error.hpp"

namespace puff::bridge {

/// Builds the Python value of an answer from plain C++ data: called once, under the GIL, on the
/// thread that waits. Null with an exception set raises that exception in the waiting code.
using answer = std::function<PyObject*()>;

/// Names one wait of a Python thread. A stale one names nothing, so a late answer is harmless.
struct wait_id {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;  ///< 0 names no wait
  explicit operator bool() const noexcept { return generation != 0; }
};

class python_thread;

/// Where a Python thread gets mail, for those who may outlive it. From any thread.
class thread_address {
 public:
  explicit thread_address(python_thread& thread) : thread_(&thread) {}
  /// As `python_thread::post`; nothing once the thread is gone.
  void post(std::function<void()> work);
  void close();

 private:
  std::mutex guards_thread_;
  python_thread* thread_;
};

/// A thread that runs Python and is a loop of actors: greenlets live on one, asyncio on another.
///
/// Its one actor serves requests and asks other actors on behalf of Python code. Code that waits
/// opens a wait, starts something that will `complete` it, and suspends; both worlds share this,
/// they differ in what suspends (a greenlet, or whoever awaits a future).
///
/// All members are for the thread itself with the GIL held, except those marked otherwise.
class python_thread : public loop {
 public:
  explicit python_thread(caf::actor_system& system) : loop(system) {}

  /// The Python thread that is calling and may wait right now, or null.
  static python_thread* current() noexcept;

  /// Opens a wait for the running greenlet, or with a new future. No wait and an exception if
  /// the calling code cannot wait. `decode` (borrowed; may be null) is called with the value.
  wait_id open_wait(PyObject* decode = nullptr);

  /// Ends the wait `id` with `how`. Unknown or completed waits are ignored.
  void complete(wait_id id, answer how);
  /// The same with an exception for `why`.
  void fail(wait_id id, error why);
  /// The same from any thread, with or without the GIL.
  void complete_later(wait_id id, answer how);

  /// Whether somebody still waits for it and has no answer. A wait that was given up without one (a
  /// task that was cancelled) is ended by this.
  virtual bool waits(wait_id id) { return is_open(id) && !waits_[id.slot].done; }

  /// For those who may outlive this thread.
  const std::shared_ptr<thread_address>& address() const noexcept { return address_; }

  /// A greenlet returns its answer when it has come; asyncio returns a future at once. A new
  /// reference, or null with an exception.
  virtual PyObject* suspend(wait_id id) = 0;

  /// The actor of this thread, for asks; set by the actor itself while it lives.
  self_pointer<application_actor> self = nullptr;

  /// Runs `hook` (once for each call) when what is running now has yielded: batches leave then.
  virtual void at_end_of_turn(std::function<void()> hook) = 0;

  /// Calls `f(waiter)` for each greenlet or future that waits.
  template <class F>
  void for_each_waiter(F f) const {
    for (const auto& w : waits_)
      if (w.open) f(w.waiter);
  }

  // -- loop: the mailbox of the thread, from any thread without the GIL --
  void post(std::function<void()> work) final;
  void schedule(caf::intrusive_ptr<caf::resumable> turn) final;

 protected:
  struct wait {
    std::uint32_t generation = 1;
    bool open = false;
    bool done = false;
    bool suspended = false;  ///< its greenlet has switched away (asyncio does not use it)
    answer how;
    PyObject* waiter = nullptr;  ///< greenlet or future; owned while open
    PyObject* decode = nullptr;  ///< owned while open
  };

  wait& wait_of(wait_id id) { return waits_[id.slot]; }
  bool is_open(wait_id id) const noexcept {
    return id.slot < waits_.size() && waits_[id.slot].open &&
           waits_[id.slot].generation == id.generation;
  }
  /// Frees the wait and builds its value.
  PyObject* close_wait(wait_id id);

  /// Frees the wait, its answer unseen.
  void abandon_wait(wait_id id);
  template <class F>
  void for_each_wait(F f) {
    for (std::uint32_t i = 0; i < waits_.size(); ++i)
      if (waits_[i].open) f(wait_id{i, waits_[i].generation});
  }

  /// The waiter for code that is running now: a new reference, or null with an exception.
  virtual PyObject* new_waiter() = 0;
  /// `id` has its answer: let the waiter have it.
  virtual void wake(wait_id id) = 0;
  /// Work has been put into an empty mailbox. From any thread, without locks held.
  virtual void wake_thread() = 0;

  void enter_python_thread() noexcept;
  /// The first thing that the destructor of a derived class does.
  void leave_address() { address_->close(); }
  /// Runs all mail there is; whether there was any. With the GIL held.
  bool drain_mail();
  bool has_mail() const noexcept { return inbox_.has_mail(); }
  /// Whether mail is there. When there is none, the next mail calls `wake_thread`.
  bool has_mail_or_sleeps() { return !inbox_.fall_asleep(); }

 private:
  std::vector<wait> waits_;
  std::vector<std::uint32_t> free_waits_;
  inbox inbox_;
  std::shared_ptr<thread_address> address_ = std::make_shared<thread_address>(*this);
};

/// Sets the Python exception that the error table names for `why`.
void raise(const error& why);

/// Suspends the calling Python code until what `start(thread, id)` started has completed the wait.
/// Returns as `python_thread::suspend`, the value given through `decode` if there is one; raises
/// RuntimeError outside Puff's threads, naming `caller`.
template <class Start>
PyObject* wait_for(const char* caller, Start start, PyObject* decode = nullptr);

/// Sets the RuntimeError that says where `caller` may be called.
void raise_outside(const char* caller);

template <class Start>
PyObject* wait_for(const char* caller, Start start, PyObject* decode) {
  auto* thread = python_thread::current();
  if (!thread) {
    raise_outside(caller);
    return nullptr;
  }
  auto id = thread->open_wait(decode);
  if (!id) return nullptr;
  start(*thread, id);
  return thread->suspend(id);
}

}  // namespace puff::bridge
