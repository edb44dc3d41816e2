#include "bridge/graphql/python_inputs.hpp"

#include "actors/core/current_loop.hpp"
#include "bridge/graphql/columns.hpp"
#include "bridge/graphql/python_call.hpp"
#include "bridge/graphql/values.hpp"
#include "services/graphql/schema/types.hpp"

namespace py = pybind11;

namespace puff::bridge::graphql {
namespace {

using namespace puff::graphql;
using value_ptr = std::shared_ptr<outside_value>;
using answered = reply<std::optional<std::string>>;

constexpr auto not_parsed = "The request's values could not be parsed.";

/// One call of `parse_inputs`.
class inputs_run final : public python_call {
 public:
  inputs_run(std::vector<value_ptr> values, std::vector<kept_object> functions, answered done)
      : values_(std::move(values)), functions_(std::move(functions)), done_(std::move(done)) {}

  ~inputs_run() override {
    // An answer that is owed is given up where it may be.
    if (!done_ || home_ == nullptr || home_->on_own_thread()) return;
    auto owed = std::make_shared<answered>(std::move(done_));
    home_->post([owed] { *owed = answered{}; });
  }

  void begin(const std::shared_ptr<inputs_run>& me) {
    if (home_ == nullptr) return call_now();
    done_.when_cancelled([weak = std::weak_ptr{me}] {
      if (const auto alive = weak.lock()) alive->cancel();
    });
    if (!start(runs_on::greenlet)) give(not_parsed);
  }

  PyObject* function() override {
    auto module = py::reinterpret_steal<py::object>(PyImport_ImportModule("puff.graphql._inputs"));
    return module ? PyObject_GetAttrString(module.ptr(), "parse_inputs") : nullptr;
  }

  PyObject* argument() override {
    auto* list = PyList_New(static_cast<Py_ssize_t>(values_.size()));
    for (std::size_t i = 0; list != nullptr && i < values_.size(); ++i) {
      auto* pair = Py_BuildValue("(ON)", functions_[i].get(), to_python(values_[i]->raw));
      if (pair == nullptr) Py_CLEAR(list);
      if (list != nullptr) PyList_SET_ITEM(list, static_cast<Py_ssize_t>(i), pair);
    }
    return list;
  }

  void ended(PyObject* value) override {
    if (value == nullptr) return give(take_failure(title()).message);
    take(value);
    give({});
  }
  std::string title() const override { return "values of scalars"; }
  void not_started() override { give(not_parsed); }

 private:
  void call_now() {
    py::object value;
    auto callee = py::reinterpret_steal<py::object>(function());
    auto given = py::reinterpret_steal<py::object>(callee ? argument() : nullptr);
    if (given)
      value = py::reinterpret_steal<py::object>(PyObject_CallOneArg(callee.ptr(), given.ptr()));
    ended(value.ptr());
  }

  /// Pairs (parsed, None) or (None, (message, extensions as JSON or None, is for clients)).
  void take(PyObject* list) {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      auto* pair = PyList_GET_ITEM(list, static_cast<Py_ssize_t>(i));
      auto* fault = PyTuple_GET_ITEM(pair, 1);
      if (fault == Py_None)
        values_[i]->parsed = kept_object::borrow(PyTuple_GET_ITEM(pair, 0)).share();
      else
        take_fault(fault, *values_[i]);
    }
  }

  static void take_fault(PyObject* fault, outside_value& to) {
    auto* more = PyTuple_GET_ITEM(fault, 1);
    std::string_view message, extensions;
    if (!text_of(PyTuple_GET_ITEM(fault, 0), message)) message = "The value is wrong.";
    if (more != Py_None) text_of(more, extensions);
    to.wrong = {{std::string{message}, std::string{extensions}},
                PyTuple_GET_ITEM(fault, 2) == Py_True};
  }

  void give(std::optional<std::string> why) {
    auto me = std::static_pointer_cast<inputs_run>(shared_from_this());
    post_home(home_, [me, why = std::move(why)] { me->done_(why); });
  }

  const std::vector<value_ptr> values_;
  const std::vector<kept_object> functions_;  // of each value
  loop* const home_ = current_loop();
  answered done_;
};

}  // namespace

void python_inputs::parse(std::vector<value_ptr> values, answered done) {
  std::vector<kept_object> functions;
  functions.reserve(values.size());
  for (const auto& each : values) functions.push_back(functions_.at(each->type->name));
  auto run = std::make_shared<inputs_run>(std::move(values), std::move(functions), std::move(done));
  run->begin(run);
}

}  // namespace puff::bridge::graphql
