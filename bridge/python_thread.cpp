#include "bridge/python_thread.hpp"

#include <utility>

#include "actors/core/current_loop.hpp"

namespace puff::bridge {
namespace {

thread_local python_thread* this_thread = nullptr;

}  // namespace

void thread_address::post(std::function<void()> work) {
  std::scoped_lock lock{guards_thread_};
  if (thread_) thread_->post(std::move(work));
}

void thread_address::close() {
  std::scoped_lock lock{guards_thread_};
  thread_ = nullptr;
}

python_thread* python_thread::current() noexcept { return this_thread; }

void python_thread::enter_python_thread() noexcept {
  enter_thread();
  set_current_loop(this);
  this_thread = this;
}

wait_id python_thread::open_wait(PyObject* decode) {
  auto* waiter = new_waiter();
  if (!waiter) return {};
  if (free_waits_.empty()) {
    free_waits_.push_back(static_cast<std::uint32_t>(waits_.size()));
    waits_.emplace_back();
  }
  auto slot = free_waits_.back();
  free_waits_.pop_back();
  auto& w = waits_[slot];
  w.open = true;
  w.done = false;
  w.suspended = false;
  w.waiter = waiter;
  Py_XINCREF(decode);
  w.decode = decode;
  return {slot, w.generation};
}

void python_thread::complete(wait_id id, answer how) {
  if (!is_open(id) || wait_of(id).done) return;
  wait_of(id).done = true;
  wait_of(id).how = std::move(how);
  wake(id);
}

void python_thread::fail(wait_id id, error why) {
  complete(id, [why = std::move(why)]() -> PyObject* {
    raise(why);
    return nullptr;
  });
}

void python_thread::complete_later(wait_id id, answer how) {
  post([this, id, how = std::move(how)]() mutable { complete(id, std::move(how)); });
}

PyObject* python_thread::close_wait(wait_id id) {
  auto how = std::exchange(wait_of(id).how, {});
  auto* decode = std::exchange(wait_of(id).decode, nullptr);
  abandon_wait(id);
  auto* value = how ? how() : nullptr;
  if (value && decode) Py_SETREF(value, PyObject_CallOneArg(decode, value));
  Py_XDECREF(decode);
  return value;
}

void python_thread::abandon_wait(wait_id id) {
  auto& w = wait_of(id);
  // What goes may run Python code, which may open waits: it goes when this one is closed.
  auto how = std::exchange(w.how, {});
  auto* waiter = std::exchange(w.waiter, nullptr);
  auto* decode = std::exchange(w.decode, nullptr);
  w.open = false;
  if (++w.generation == 0) w.generation = 1;
  free_waits_.push_back(id.slot);
  Py_XDECREF(waiter);
  Py_XDECREF(decode);
}

void python_thread::post(std::function<void()> work) {
  if (inbox_.put(std::move(work))) wake_thread();
}

void python_thread::schedule(caf::intrusive_ptr<caf::resumable> turn) {
  if (inbox_.put(std::move(turn))) wake_thread();
}

bool python_thread::drain_mail() {
  return inbox_.drain([this](inbox::turn turn) { run_turn(std::move(turn)); });
}

void raise_outside(const char* caller) {
  PyErr_Format(PyExc_RuntimeError,
               "%s() waits for Puff's runtime: call it in a greenlet (under puff serve, puff run, "
               "puff pytest, ... or in puff.spawn) or await it on Puff's asyncio thread; this is "
               "neither",
               caller);
}

void raise(const error& why) {
  const auto& row = row_of(code_of(why));
  auto text = describe(why);
  std::string_view name = row.python_exception;
  constexpr std::string_view ours = "puff.";
  const bool own = name.starts_with(ours);
  if (own) name.remove_prefix(ours.size());
  PyObject* module = PyImport_ImportModule(own ? "puff.errors" : "builtins");
  PyObject* type = module ? PyObject_GetAttrString(module, std::string{name}.c_str()) : nullptr;
  if (type) PyErr_SetString(type, text.c_str());
  Py_XDECREF(type);
  Py_XDECREF(module);
}

}  // namespace puff::bridge
