#include "bridge/actor_host.hpp"

#include <array>
#include <utility>

#include "bridge/report.hpp"
#include "bridge/runtime.hpp"

namespace py = pybind11;

namespace puff::bridge {
namespace {

// All guarded by the GIL.
actor_host* running = nullptr;
actor_host_actor the_host;
std::unordered_map<std::uint64_t, py::object> later;

py::object function_of(const char* name) {
  auto module = py::reinterpret_steal<py::object>(PyImport_ImportModule("puff._actors"));
  auto function = py::reinterpret_steal<py::object>(
      module ? PyObject_GetAttrString(module.ptr(), name) : nullptr);
  if (!function) report_exception("actors");
  return function;
}

PyObject* to_bytes(const std::string& text) {
  return PyBytes_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
}

PyObject* to_text(const std::string& text) {
  return PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace");
}

void call(const char* what, const py::object& function) {
  auto* done = function ? PyObject_CallNoArgs(function.ptr()) : nullptr;
  if (!done && function) report_exception(what);
  Py_XDECREF(done);
}

}  // namespace

actor_access& the_actors() noexcept {
  static actor_access access;
  return access;
}

actor_host::actor_host(self_pointer<interface> self) : self_(self) {}

actor_host::~actor_host() {
  if (running == this) running = nullptr;
}

actor_host::interface::behavior_type actor_host::make_behavior() {
  running = this;
  deliver_ = function_of("deliver");
  fence_ = function_of("fence");
  drain_ = function_of("drain");
  return {
      [this](ask_atom, actor_call_parcel& call) { return ask(call.take()); },
      [this](tell_atom, actor_call_parcel& call) { deliver(0, call.take()); },
      [this](fence_atom) { fence(); },
      [this](wake_atom, actor_call_parcel& call) { deliver(0, call.take()); },
      [this](retire_atom) { return retire(); },
      [this](drain_atom) { return drain(); },
  };
}

actor_host_actor actor_host::living() {
  auto* greenlets = the_runtime().greenlets;
  auto* over = the_actors().over;
  if (!the_host && greenlets && over) {
    placement where{.home = greenlets};
    over->mention("python actors", where.counts);
    the_host = spawn<actor_host>(over->system(), std::move(where));
  }
  return the_host;
}

void actor_host::forget() {
  the_host = nullptr;
  later.clear();
}

std::uint64_t actor_host::keep_for_later(PyObject* function) {
  static std::uint64_t last = 0;
  later.emplace(++last, py::reinterpret_borrow<py::object>(function));
  return last;
}

void actor_host::run_later(std::uint64_t number) {
  auto found = later.extract(number);
  if (!found.empty()) call("actors", found.mapped());
}

caf::delegated<actor_outcome_parcel> actor_host::ask(actor_call call) {
  const auto handle = ++last_handle_;
  owed_.emplace(handle, make_promise<actor_outcome_parcel>(self_));
  deliver(handle, std::move(call));
  return {};
}

void actor_host::deliver(std::uint64_t handle, actor_call what) {
  using std::chrono::milliseconds;
  const auto left =
      std::chrono::duration_cast<milliseconds>(what.deadline - std::chrono::steady_clock::now());
  const auto& a = what.activation;
  std::array<PyObject*, 9> args{PyLong_FromUnsignedLongLong(handle),
                                to_text(what.name),
                                to_text(what.what.verb),
                                to_text(what.what.content_type),
                                to_bytes(what.what.body),
                                PyLong_FromLongLong(left.count()),
                                PyLong_FromUnsignedLongLong(a.token),
                                PyBool_FromLong(a.fresh),
                                to_bytes(a.state)};
  bool complete = static_cast<bool>(deliver_);
  for (auto* each : args) complete = complete && each;
  auto* done =
      complete ? PyObject_Vectorcall(deliver_.ptr(), args.data(), args.size(), nullptr) : nullptr;
  for (auto* each : args) Py_XDECREF(each);
  if (!done) {
    if (PyErr_Occurred()) report_exception("actors");
    answer(handle, actor_failure{ec::internal, {}, "the message could not be delivered", {}});
  }
  Py_XDECREF(done);
}

void actor_host::answer(std::uint64_t handle, actor_outcome outcome) {
  if (!running) return;
  auto owed = running->owed_.extract(handle);
  if (!owed.empty()) owed.mapped().deliver(actor_outcome_parcel{std::move(outcome)});
}

void actor_host::fence() { call("actors", fence_); }

void actor_host::begin_rest(extent which) {
  auto* all = which == extent::all ? Py_True : Py_False;
  auto* done = drain_ ? PyObject_CallOneArg(drain_.ptr(), all) : nullptr;
  if (!done && drain_) report_exception("actors");
  Py_XDECREF(done);
}

caf::delegated<retire_atom> actor_host::retire() {
  retiring_.push_back(make_promise<retire_atom>(self_));
  if (retiring_.size() == 1) begin_rest(extent::movable);
  return {};
}

caf::delegated<drain_atom> actor_host::drain() {
  draining_.push_back(make_promise<drain_atom>(self_));
  if (draining_.size() == 1) begin_rest(extent::all);
  return {};
}

void actor_host::rested(extent which) {
  if (!running) return;
  for (auto& each : std::exchange(running->retiring_, {})) each.deliver(retire_atom::value);
  if (which == extent::all)
    for (auto& each : std::exchange(running->draining_, {})) each.deliver(drain_atom::value);
}

}  // namespace puff::bridge
