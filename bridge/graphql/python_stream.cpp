#include "bridge/graphql/python_stream.hpp"

#include <atomic>

#include "bridge/graphql/columns.hpp"
#include "bridge/graphql/field_data.hpp"
#include "bridge/graphql/python_call.hpp"
#include "bridge/python_thread.hpp"
#include "bridge/report.hpp"

namespace py = pybind11;

namespace puff::bridge::graphql {

using puff::graphql::column_ptr;
using puff::graphql::event_sink;
using puff::graphql::field_call;
using puff::graphql::field_failure;
using opened_reply = puff::graphql::reply<std::optional<field_failure>>;

/// One open stream. What belongs to the execution's thread, `sink_` and `done_`, is used and let go
/// there alone.
class stream_run final : public python_call {
 public:
  stream_run(std::shared_ptr<const python_function> what,
             std::shared_ptr<const schema_objects> names, const field_call& call,
             std::shared_ptr<event_sink> sink, opened_reply done)
      : what_(std::move(what)),
        names_(std::move(names)),
        field_(call.field),
        data_(data_of(call)),
        own_(std::make_shared<execution_side>(
            execution_side{std::move(sink), std::move(done), false})) {}

  ~stream_run() override {
    at_home([](execution_side&) {});
  }

  void begin() {
    const bool started = data_->home && start(what_->where);
    if (!started) not_started();
  }

  void stop() {
    own_->is_stopped = true;
    if (data_->home) cancel();
  }

  // On the thread that runs the generator.
  PyObject* function() override { return Py_NewRef(what_->function.get()); }
  PyObject* argument() override;
  std::string title() const override { return what_->title; }

  void opened() {
    if (is_open_.exchange(true)) return;
    at_home([](execution_side& own) { own.done(std::nullopt); });
  }

  PyObject* next(PyObject* value) {
    auto event = column_of(value);
    return wait_for("a subscription", [&](python_thread& thread, wait_id id) {
      auto taken = [&thread, id] {
        thread.complete_later(id, []() -> PyObject* { Py_RETURN_NONE; });
      };
      at_home([event = std::move(event), taken](execution_side& own) {
        // Who is stopped is cancelled where it waits.
        if (!own.is_stopped) own.sink->next(event, taken);
      });
    });
  }

  void ended(PyObject* value) override {
    if (value) {
      opened();
      return at_home([](execution_side& own) {
        if (!own.is_stopped) own.sink->ended();
      });
    }
    if (PyErr_ExceptionMatches(PyExc_GeneratorExit) || is_cancelled()) PyErr_Clear();
    fail(PyErr_Occurred() ? take_failure(what_->title)
                          : field_failure{what_->title + " was cancelled.", {}});
  }

  void not_started() override {
    fail({what_->where == runs_on::asyncio
              ? what_->title + " is asynchronous, which needs the asyncio thread: set asyncio = "
                               "true in puff.toml."
              : what_->title + " could not be started.",
          {}});
  }

 private:
  struct execution_side {
    std::shared_ptr<event_sink> sink;
    opened_reply done;
    bool is_stopped = false;
  };

  void fail(field_failure why) {
    const bool was_open = is_open_;
    at_home([why = std::move(why), was_open](execution_side& own) {
      if (!was_open)
        own.done(why);
      else if (!own.is_stopped)
        own.sink->failed(why);
    });
  }

  /// `own_` is the last one that goes, so that what it holds ends where it belongs.
  template <class Do>
  void at_home(Do what) {
    post_home(data_->home, [own = own_, what] { what(*own); });
  }

  column_ptr column_of(PyObject* value) const {
    const column_reader reader{*names_, what_->title};
    return reader.read({value}, field_.definition->type, {&field_});
  }

  const std::shared_ptr<const python_function> what_;
  const std::shared_ptr<const schema_objects> names_;
  const puff::graphql::plan_field& field_;  // valid while there is a subscription
  const std::shared_ptr<field_data> data_;
  const std::shared_ptr<execution_side> own_;
  std::atomic<bool> is_open_{false};
};

namespace {

/// What the driver of a generator holds.
struct sink_object {
  PyObject_HEAD std::shared_ptr<stream_run> run;
  std::shared_ptr<field_data> data;
};

PyTypeObject* sink_type = nullptr;  // lives as long as the interpreter

stream_run& run_of(PyObject* self) { return *reinterpret_cast<sink_object*>(self)->run; }

void deallocate(PyObject* object) {
  auto& self = *reinterpret_cast<sink_object*>(object);
  std::destroy_at(&self.run);
  std::destroy_at(&self.data);
  auto* type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

PyObject* call_of(PyObject* self, void*) {
  return new_call_object(reinterpret_cast<sink_object*>(self)->data);
}

PyObject* opened(PyObject* self, PyObject*) {
  run_of(self).opened();
  Py_RETURN_NONE;
}

PyObject* next(PyObject* self, PyObject* value) { return run_of(self).next(value); }

}  // namespace

PyObject* stream_run::argument() {
  auto* object = sink_type->tp_alloc(sink_type, 0);
  if (!object) return nullptr;
  auto& self = *reinterpret_cast<sink_object*>(object);
  std::construct_at(&self.run, std::static_pointer_cast<stream_run>(shared_from_this()));
  std::construct_at(&self.data, data_);
  return object;
}

python_stream::python_stream(python_function what, std::shared_ptr<const schema_objects> names)
    : what_(std::make_shared<const python_function>(std::move(what))), names_(std::move(names)) {}

python_stream::~python_stream() = default;

void python_stream::open(const field_call& call, std::shared_ptr<event_sink> sink,
                         opened_reply done) {
  const auto* key = sink.get();
  auto run = std::make_shared<stream_run>(what_, names_, call, std::move(sink), std::move(done));
  {
    std::scoped_lock lock{guards_open_};
    open_[key] = run;
  }
  run->begin();
}

void python_stream::stop(const event_sink& sink) {
  std::shared_ptr<stream_run> run;
  {
    std::scoped_lock lock{guards_open_};
    if (auto found = open_.extract(&sink)) run = found.mapped().lock();
  }
  if (run) run->stop();
}

bool add_sink_type(PyObject* module) {
  static PyGetSetDef attributes[] = {
      {"call", call_of, nullptr, "The GraphqlCall of the subscription.", nullptr},
      {nullptr, nullptr, nullptr, nullptr, nullptr}};
  static PyMethodDef methods[] = {
      {"opened", opened, METH_NOARGS, "opened($self, /)\n--\n\nEvents may follow."},
      {"next", next, METH_O,
       "next($self, event, /)\n--\n\nGives an event away and waits until it was taken."},
      {nullptr, nullptr, 0, nullptr}};
  static PyType_Slot slots[] = {
      {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
      {Py_tp_getset, attributes},
      {Py_tp_methods, methods},
      {Py_tp_doc, const_cast<char*>("Takes the events that a generator yields.")},
      {0, nullptr}};
  static PyType_Spec spec{"puff._puff.GraphqlSink", sizeof(sink_object), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  sink_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  return sink_type &&
         PyModule_AddObjectRef(module, "GraphqlSink", reinterpret_cast<PyObject*>(sink_type)) == 0;
}

}  // namespace puff::bridge::graphql
