#include "bridge/graphql/python_call.hpp"

#include "bridge/graphql/door.hpp"
#include "bridge/hub.hpp"
#include "bridge/internal/arguments.hpp"
#include "bridge/loop_thread.hpp"
#include "bridge/report.hpp"
#include "bridge/runtime.hpp"

namespace py = pybind11;

namespace puff::bridge::graphql {

/// The call as the work of a greenlet.
class call_work final : public work {
 public:
  explicit call_work(std::shared_ptr<python_call> call) : call_(std::move(call)) {
    call_->work_ = this;
  }
  ~call_work() override { call_->work_ = nullptr; }
  void run() override { call_->run_here(); }
  std::string title() const override { return std::string{call_->kind()} + " " + call_->title(); }

 private:
  std::shared_ptr<python_call> call_;
};

bool python_call::start(runs_on where) {
  where_ = where;
  auto me = shared_from_this();
  if (where == runs_on::asyncio)
    return post_to(python_world::asyncio, [me] { me->run_on_asyncio(); });
  return post_to(python_world::greenlets, [me] {
    auto& greenlets = *the_runtime().greenlets;
    if (me->cancelled_ || greenlets.full()) return me->not_started();
    if (me->where_ == runs_on::hub) return me->run_here();
    greenlets.start(std::make_unique<call_work>(me));
  });
}

void python_call::run_here() {
  auto callee = py::reinterpret_steal<py::object>(function());
  auto given = py::reinterpret_steal<py::object>(callee ? argument() : nullptr);
  auto value = py::reinterpret_steal<py::object>(
      given ? PyObject_CallOneArg(callee.ptr(), given.ptr()) : nullptr);
  ended(value.ptr());
}

void python_call::cancel() {
  auto me = shared_from_this();
  if (where_ == runs_on::asyncio) {
    post_to(python_world::asyncio, [me] {
      me->cancelled_ = true;
      if (!me->task_) return;
      auto* done = PyObject_CallMethod(me->task_.get(), "cancel", nullptr);
      if (!done) report_exception(me->title());
      Py_XDECREF(done);
    });
    return;
  }
  post_to(python_world::greenlets, [me] {
    me->cancelled_ = true;
    if (me->work_)
      the_runtime().greenlets->cancel(*static_cast<call_work*>(me->work_), "the client is gone");
  });
}

namespace {

/// What the task calls: `end(value, None)` or `end(None, exception)`, once.
struct task_end {
  PyObject_HEAD std::shared_ptr<python_call> call;
};

PyTypeObject* task_end_type = nullptr;  // lives as long as the interpreter

PyObject* call_task_end(PyObject* object, PyObject* args, PyObject*) {
  PyObject *value = nullptr, *exception = nullptr;
  if (!PyArg_ParseTuple(args, "OO:end", &value, &exception)) return nullptr;
  auto call = std::move(reinterpret_cast<task_end*>(object)->call);
  if (!call) Py_RETURN_NONE;
  if (exception != Py_None) {
    PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(exception)), exception);
    call->ended(nullptr);
  } else {
    call->ended(value);
  }
  Py_RETURN_NONE;
}

void deallocate_task_end(PyObject* object) {
  auto& self = *reinterpret_cast<task_end*>(object);
  if (self.call) self.call->not_started();
  std::destroy_at(&self.call);
  auto* type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

}  // namespace

void python_call::run_on_asyncio() {
  if (cancelled_) return not_started();
  auto end = py::reinterpret_steal<py::object>(task_end_type->tp_alloc(task_end_type, 0));
  if (!end) return report_exception(title());
  std::construct_at(&reinterpret_cast<task_end*>(end.ptr())->call, shared_from_this());
  auto module = py::reinterpret_steal<py::object>(PyImport_ImportModule("puff.graphql._tasks"));
  auto callee = py::reinterpret_steal<py::object>(module ? function() : nullptr);
  auto given = py::reinterpret_steal<py::object>(callee ? argument() : nullptr);
  auto* task = given ? PyObject_CallMethod(module.ptr(), "start", "OOO", callee.ptr(), given.ptr(),
                                           end.ptr())
                     : nullptr;
  if (!task) return report_exception(title());
  task_ = kept_object::steal(task);
}

void post_home(loop* home, std::function<void()> what) {
  if (home)
    home->post(std::move(what));
  else
    what();
}

bool add_task_end_type(PyObject* module) {
  static PyType_Slot slots[] = {
      {Py_tp_call, reinterpret_cast<void*>(call_task_end)},
      {Py_tp_dealloc, reinterpret_cast<void*>(deallocate_task_end)},
      {Py_tp_doc, const_cast<char*>("Takes what a task returned or raised: end(value, None) or "
                                    "end(None, exception).")},
      {0, nullptr}};
  static PyType_Spec spec{"puff._puff.GraphqlTaskEnd", sizeof(task_end), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  task_end_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  return task_end_type && PyModule_AddObjectRef(module, "GraphqlTaskEnd",
                                                reinterpret_cast<PyObject*>(task_end_type)) == 0;
}

}  // namespace puff::bridge::graphql
