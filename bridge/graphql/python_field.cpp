#include "bridge/graphql/python_field.hpp"

#include "bridge/graphql/field_data.hpp"
#include "bridge/graphql/python_call.hpp"
#include "bridge/graphql/returned.hpp"

namespace puff::bridge::graphql {
namespace {

using namespace puff::graphql;
using puff::graphql::answer;

/// One call of a field's function: it holds the duty to answer, which never leaves the execution's
/// thread but inside of it.
class field_run final : public python_call {
 public:
  field_run(std::shared_ptr<const python_function> what,
            std::shared_ptr<const schema_objects> names, const field_call& call, reply<answer> done)
      : what_(std::move(what)),
        names_(std::move(names)),
        field_(call.field),
        data_(data_of(call)),
        done_(std::move(done)) {}

  ~field_run() override {
    // An answer that is owed is given up where it may be.
    if (!done_ || !data_->home || data_->home->on_own_thread()) return;
    auto owed = std::make_shared<reply<answer>>(std::move(done_));
    data_->home->post([owed] { *owed = reply<answer>{}; });
  }

  void begin(const std::shared_ptr<field_run>& me) {
    // Posted when all is said: it may be answered before this returns.
    if (!data_->home) return what_->where == runs_on::asyncio ? no_thread() : call_now();
    done_.when_cancelled([weak = std::weak_ptr{me}] {
      if (auto alive = weak.lock()) alive->cancel();
    });
    if (!start(what_->where)) no_thread();
  }

  PyObject* function() override { return Py_NewRef(what_->function.get()); }
  PyObject* argument() override { return new_call_object(data_); }
  void ended(PyObject* value) override { give(answer_of(value, *names_, field_)); }
  std::string title() const override { return what_->title; }
  void not_started() override { give(failed{{what_->title + " was not called.", {}}}); }

 private:
  void call_now() {
    pybind11::object value;
    auto given = pybind11::reinterpret_steal<pybind11::object>(argument());
    if (given)
      value = pybind11::reinterpret_steal<pybind11::object>(
          PyObject_CallOneArg(what_->function.get(), given.ptr()));
    ended(value.ptr());
  }

  void no_thread() {
    const bool asyncio = what_->where == runs_on::asyncio;
    give(
        failed{{asyncio ? what_->title + " is a coroutine function, which needs the asyncio thread:"
                                         " set asyncio = true in puff.toml."
                        : std::string{"Python has ended."},
                {}}});
  }

  void give(answer what) {
    auto me = std::static_pointer_cast<field_run>(shared_from_this());
    auto carried = std::make_shared<answer>(std::move(what));
    post_home(data_->home, [me, carried] { me->done_(std::move(*carried)); });
  }

  const std::shared_ptr<const python_function> what_;
  const std::shared_ptr<const schema_objects> names_;
  const plan_field& field_;  // valid while an answer is owed
  const std::shared_ptr<field_data> data_;
  reply<answer> done_;
};

}  // namespace

void python_field::resolve(const field_call& call, reply<answer> done) {
  auto run = std::make_shared<field_run>(what_, names_, call, std::move(done));
  run->begin(run);
}

}  // namespace puff::bridge::graphql
