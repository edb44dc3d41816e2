#include "bridge/hub.hpp"

#include <greenlet.h>

#include "bridge/report.hpp"

namespace puff::bridge {

hub::hub(caf::actor_system& system, hub_options options)
    : python_thread(system), options_(options) {}

hub::~hub() { leave_address(); }

void hub::run() {
  PyGreenlet_Import();
  if (PyErr_Occurred()) throw pybind11::error_already_set{};
  static PyMethodDef body{"worker", worker_body, METH_NOARGS, nullptr};
  main_ = reinterpret_cast<PyObject*>(PyGreenlet_GetCurrent());
  auto owner = pybind11::capsule(this);
  worker_function_ = PyCFunction_New(&body, owner.ptr());
  no_arguments_ = PyTuple_New(0);
  enter_python_thread();
  while (!finished_ || !idle()) {
    if (!has_mail() && !has_work()) sleep();
    busy_.store(true, std::memory_order_relaxed);
    run_pass();
    busy_.store(false, std::memory_order_relaxed);
  }
  end_idle_greenlets();
  Py_CLEAR(worker_function_);
  Py_CLEAR(no_arguments_);
  Py_CLEAR(main_);
}

void hub::sleep() {
  auto wake = deadlines().next();
  auto* state = PyEval_SaveThread();
  if (!spin_([this] { return has_mail(); }) && !has_mail_or_sleeps()) {
    std::unique_lock lock{guards_sleep_};
    auto woken = [this] { return woken_; };
    if (wake)
      mail_came_.wait_until(lock, *wake, woken);
    else
      mail_came_.wait(lock, woken);
    woken_ = false;
  }
  PyEval_RestoreThread(state);
  ++gil_holds_;
}

void hub::wake_thread() {
  {
    std::scoped_lock lock{guards_sleep_};
    woken_ = true;
  }
  mail_came_.notify_one();
}

void hub::run_pass() {
  if (deadlines().size() != 0) deadlines().advance(deadline_wheel::clock::now());
  drain_mail();
  if (PyErr_CheckSignals() != 0) report_exception("hub");
  std::swap(resuming_, resumptions_);
  for (auto id : resuming_) resume(id);
  resuming_.clear();
  for (auto ready = starts_.size(); ready > 0 && may_start(); --ready) {
    auto what = std::move(starts_.front());
    starts_.pop_front();
    give_to_greenlet(std::move(what));
  }
  std::swap(ending_turn_, end_of_turn_);
  for (auto& hook : ending_turn_) hook();
  ending_turn_.clear();
  if (when_idle_ && idle()) std::exchange(when_idle_, nullptr)();
}

bool hub::has_work() const noexcept {
  return !resumptions_.empty() || !end_of_turn_.empty() || (!starts_.empty() && may_start());
}

bool hub::may_start() const noexcept { return !idle_.empty() || live_ < options_.max_greenlets; }

void hub::start(std::unique_ptr<work> what) { starts_.push_back(std::move(what)); }

void hub::give_to_greenlet(std::unique_ptr<work> what) {
  ++works_;
  handed_over_ = std::move(what);
  PyObject* greenlet;
  if (idle_.empty()) {
    greenlet = reinterpret_cast<PyObject*>(PyGreenlet_New(worker_function_, nullptr));
    if (!greenlet) return report_exception("hub");
    ++live_;
  } else {
    greenlet = idle_.back();
    idle_.pop_back();
  }
  switch_to(greenlet);
  Py_DECREF(greenlet);
}

void hub::resume(wait_id id) {
  if (!is_open(id)) return;
  PyObject* greenlet = wait_of(id).waiter;
  Py_INCREF(greenlet);
  switch_to(greenlet);
  Py_DECREF(greenlet);
}

void hub::switch_to(PyObject* greenlet) {
  switches_.fetch_add(1, std::memory_order_relaxed);
  auto* result = PyGreenlet_Switch(reinterpret_cast<PyGreenlet*>(greenlet), no_arguments_, nullptr);
  if (!result) report_exception("hub");
  Py_XDECREF(result);
}

PyObject* hub::worker_body(PyObject* self, PyObject*) {
  auto* owner = static_cast<hub*>(PyCapsule_GetPointer(self, nullptr));
  owner->work_until_closed();
  Py_RETURN_NONE;
}

void hub::work_until_closed() {
  while (auto what = std::move(handed_over_)) {
    run_work(*what);
    what.reset();
    if (idle_.size() >= options_.max_idle_greenlets) break;
    auto* me = reinterpret_cast<PyObject*>(PyGreenlet_GetCurrent());
    idle_.push_back(me);
    auto* back = PyGreenlet_Switch(reinterpret_cast<PyGreenlet*>(main_), no_arguments_, nullptr);
    if (!back) report_exception("hub");
    Py_XDECREF(back);
  }
  --live_;
}

void hub::run_work(work& what) {
  auto* context = what.context ? what.context.inc_ref().ptr() : PyContext_New();
  if (!context || PyContext_Enter(context) != 0) {
    report_exception("hub");
  } else {
    running_ = &what;
    what.run();
    running_ = nullptr;
    if (PyErr_Occurred()) report_exception("greenlet");
    if (PyContext_Exit(context) != 0) report_exception("hub");
  }
  Py_XDECREF(context);
}

void hub::end_idle_greenlets() {
  // An idle greenlet that is switched to with nothing handed over ends.
  while (!idle_.empty()) {
    auto* greenlet = idle_.back();
    idle_.pop_back();
    switch_to(greenlet);
    Py_DECREF(greenlet);
  }
}

bool hub::in_greenlet() const noexcept {
  if (!main_ || !on_own_thread()) return false;
  auto* me = reinterpret_cast<PyObject*>(PyGreenlet_GetCurrent());
  Py_XDECREF(me);
  return me != main_;
}

PyObject* hub::new_waiter() {
  auto* me = reinterpret_cast<PyObject*>(PyGreenlet_GetCurrent());
  if (me != main_) return me;
  Py_XDECREF(me);
  PyErr_SetString(PyExc_RuntimeError, "the hub itself cannot wait: call this in a greenlet");
  return nullptr;
}

PyObject* hub::suspend(wait_id id) {
  if (running_ && running_->cancelled) {
    abandon_wait(id);
    raise(make_error(ec::cancelled, *std::exchange(running_->cancelled, std::nullopt)));
    return nullptr;
  }
  if (!wait_of(id).done) {
    wait_of(id).suspended = true;
    auto* interrupted = running_;
    if (interrupted) interrupted->waiting_at = id;
    if (suspended_.size() <= id.slot) suspended_.resize(id.slot + 1);
    suspended_[id.slot] = interrupted;
    auto* back = PyGreenlet_Switch(reinterpret_cast<PyGreenlet*>(main_), no_arguments_, nullptr);
    Py_XDECREF(back);
    running_ = interrupted;
    suspended_[id.slot] = nullptr;
    if (interrupted) interrupted->waiting_at = {};
    const bool thrown_into = !back;
    if (!thrown_into && !wait_of(id).done)
      PyErr_SetString(PyExc_RuntimeError,
                      "this greenlet was switched to by other code while it waited for Puff");
    if (thrown_into || !wait_of(id).done) {
      abandon_wait(id);
      return nullptr;
    }
  }
  return close_wait(id);
}

void hub::wake(wait_id id) {
  // An answer that comes before its greenlet switches away needs no resumption.
  if (wait_of(id).suspended) resumptions_.push_back(id);
}

void hub::cancel(work& what, std::string why) {
  const bool answered = !is_open(what.waiting_at) || wait_of(what.waiting_at).done;
  if (answered)
    what.cancelled = std::move(why);
  else
    fail(what.waiting_at, make_error(ec::cancelled, std::move(why)));
}

void hub::cancel_all() {
  const std::string why = "the node shuts down";
  for (auto& what : starts_) what->cancelled = why;
  for_each_wait([&](wait_id id) {
    auto* what = id.slot < suspended_.size() ? suspended_[id.slot] : nullptr;
    if (what)
      cancel(*what, why);
    else
      fail(id, make_error(ec::cancelled, why));
  });
}

void hub::at_end_of_turn(std::function<void()> hook) { end_of_turn_.push_back(std::move(hook)); }

void hub::on_finished() { finished_ = true; }

hub::statistics hub::stats() const noexcept {
  return {live_, idle_.size(), starts_.size(), switches(), gil_holds_, works_};
}

}  // namespace puff::bridge
