#include "bridge/graphql/python_authorizer.hpp"

#include <algorithm>

#include "actors/core/current_loop.hpp"

#include "bridge/graphql/columns.hpp"
#include "bridge/graphql/field_data.hpp"
#include "bridge/graphql/python_call.hpp"

namespace py = pybind11;

namespace puff::bridge::graphql {
namespace {

using authorization = expected<std::shared_ptr<puff::graphql::request_context>>;
using puff::graphql::reply;

constexpr auto title_of_auth = "Schema.auth";

bool is_refusal(PyObject* object) {
  const auto module = py::module_::import("puff.graphql._failures");
  return PyObject_IsInstance(object, py::object{module.attr("PermissionDenied")}.ptr()) == 1;
}

/// The `expires_at` of what `auth` gave, if there is one. False with an exception set.
bool read_expiry(PyObject* value, expiry& to) try {
  const auto load = py::module_::import("puff.graphql._load");
  const py::object at = load.attr("expiry_of")(py::handle{value});
  if (at.is_none()) return true;
  constexpr double most = 9e9;  // the year 2255, which the clock can count to
  const std::chrono::duration<double> seconds{std::min(at.cast<double>(), most)};
  to.emplace(std::chrono::duration_cast<std::chrono::system_clock::duration>(seconds));
  return true;
} catch (py::error_already_set& raised) {
  raised.restore();
  return false;
}

/// One question.
class auth_run final : public python_call {
 public:
  auth_run(kept_object function, std::shared_ptr<python_context> asker, reply<authorization> done)
      : function_(std::move(function)),
        data_(std::make_shared<field_data>()),
        done_(std::move(done)) {
    data_->title = title_of_auth;
    data_->layer = std::make_shared<layer_data>();
    data_->context = std::move(asker);
    data_->home = current_loop();
  }

  ~auth_run() override {
    if (!done_ || !data_->home || data_->home->on_own_thread()) return;
    auto owed = std::make_shared<reply<authorization>>(std::move(done_));
    data_->home->post([owed] { *owed = reply<authorization>{}; });
  }

  void begin(const std::shared_ptr<auth_run>& me, runs_on where) {
    if (!data_->home) return ask_now();
    done_.when_cancelled([weak = std::weak_ptr{me}] {
      if (auto alive = weak.lock()) alive->cancel();
    });
    if (!start(where)) not_started();
  }

  PyObject* function() override { return Py_NewRef(function_.get()); }
  PyObject* argument() override { return new_call_object(data_); }
  std::string title() const override { return title_of_auth; }
  void not_started() override { give(make_error(ec::unavailable, "nobody could be authorized")); }

  void ended(PyObject* value) override {
    if (!value) return refuse();
    if (PyExceptionInstance_Check(value)) {
      PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(value)), value);
      return refuse();
    }
    expiry until;
    if (!read_expiry(value, until)) return refuse();
    const auto& asker = *data_->context;
    give(std::make_shared<python_context>(asker.headers, asker.token, kept_object::borrow(value),
                                          asker.database, until));
  }

 private:
  void ask_now() {
    auto given = py::reinterpret_steal<py::object>(argument());
    auto value = py::reinterpret_steal<py::object>(
        given ? PyObject_CallOneArg(function_.get(), given.ptr()) : nullptr);
    ended(value.ptr());
  }

  /// With the exception that is set.
  void refuse() {
    PyObject *type, *exception, *trace;
    PyErr_Fetch(&type, &exception, &trace);
    PyErr_NormalizeException(&type, &exception, &trace);
    if (trace) PyException_SetTraceback(exception, trace);
    auto why = py::reinterpret_steal<py::object>(exception);
    Py_XDECREF(type);
    Py_XDECREF(trace);
    const auto failure = failure_of(why.ptr(), title_of_auth);
    give(make_error(is_refusal(why.ptr()) ? ec::bad_request : ec::python_failed, failure.message));
  }

  void give(authorization how) {
    auto me = std::static_pointer_cast<auth_run>(shared_from_this());
    auto carried = std::make_shared<authorization>(std::move(how));
    post_home(data_->home, [me, carried] { me->done_(std::move(*carried)); });
  }

  const kept_object function_;
  const std::shared_ptr<field_data> data_;
  reply<authorization> done_;
};

class python_authorizer final : public puff::graphql::authorizer {
 public:
  python_authorizer(kept_object function, runs_on where, std::string database)
      : function_(std::move(function)), where_(where), database_(std::move(database)) {}

  void authorize(const header_block& headers, const std::optional<std::string>& token,
                 reply<authorization> done) override {
    auto asker = std::make_shared<python_context>(headers, token, kept_object{}, database_);
    if (!function_) return done(std::move(asker));
    auto run = std::make_shared<auth_run>(function_, std::move(asker), std::move(done));
    run->begin(run, where_);
  }

 private:
  const kept_object function_;
  const runs_on where_;
  const std::string database_;
};

}  // namespace

std::shared_ptr<puff::graphql::authorizer> make_authorizer(py::handle description,
                                                           std::string database) {
  const py::object auth = description.attr("auth");
  const bool is_async = description.attr("auth_runs_on").cast<std::string>() == "asyncio";
  return std::make_shared<python_authorizer>(
      auth.is_none() ? kept_object{} : kept_object::borrow(auth.ptr()),
      is_async ? runs_on::asyncio : runs_on::greenlet, std::move(database));
}

}  // namespace puff::bridge::graphql
