#include "bridge/postgres/session_object.hpp"

#include <algorithm>

#include "bridge/internal/arguments.hpp"
#include "bridge/postgres/bindable.hpp"
#include "bridge/postgres/native_values.hpp"
#include "bridge/postgres/opened_descriptions.hpp"
#include "bridge/postgres/reply_object.hpp"
#include "bridge/postgres/request_arguments.hpp"
#include "bridge/postgres/waiting.hpp"
#include "schemas/graphql.hpp"

namespace puff::bridge::postgres {
namespace {

using internal::fast;
using internal::has_arguments;
using kind = sql_request::kind;

struct session_object {
  PyObject_HEAD std::shared_ptr<session> leased;
  std::shared_ptr<background> aside;
};

PyTypeObject* session_type = nullptr;  // lives as long as the interpreter

session_object& self_of(PyObject* object) { return *reinterpret_cast<session_object*>(object); }

/// Whether a session can be asked; else false with an exception.
bool is_usable(const session& leased) {
  if (!leased.closed()) return true;
  raise_failure(make_error(ec::connection_lost, "the session is closed"));
  return false;
}

/// A failure that ends the session, noted.
answer failing_for(const std::shared_ptr<session>& leased, const error& why) {
  const auto code = code_of(why);
  if (leased && (code == ec::connection_lost || code == ec::not_found)) leased->lose();
  return failing(why);
}

PyObject* run_here(const char* caller, PyObject* self, sql_request request, PyObject* timeout) {
  long long limit;
  if (!read_timeout(timeout, limit)) return nullptr;
  request.deadline = deadline_in(limit);
  auto& me = self_of(self);
  return run_request(caller, me.leased->where(), me.leased, me.aside, std::move(request));
}

void listen_aside(session_object& self, bool wanted);

PyObject* run_plain(const char* caller, kind what, PyObject* self, PyObject* timeout) {
  sql_request request;
  request.what = what;
  return run_here(caller, self, std::move(request), timeout);
}

PyObject* simple(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  sql_request request;
  if (!has_arguments("simple", count, 2) || !read_bytes(args[0], request.text)) return nullptr;
  return run_here("simple", self, std::move(request), args[1]);
}

PyObject* simple_or_bound(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  sql_request request;
  if (!has_arguments("simple_or_bound", count, 4) || !read_bytes(args[0], request.text) ||
      !bind_if_repeated(args[1], args[2], request))
    return nullptr;
  // Others may run statements of the session at the same time.
  request.ticket = next_graphql_ticket();
  return run_here("simple_or_bound", self, std::move(request), args[3]);
}

PyObject* bound(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  sql_request request;
  request.what = kind::bound;
  auto& values = request.sets.emplace_back();
  if (!has_arguments("bound", count, 6) || !read_bytes(args[0], request.text) ||
      !read_values(args[1], values) || !read_types(args[2], request.types) ||
      !read_binary(args[3], values) || !read_truth(args[4], request.binary_results))
    return nullptr;
  return run_here("bound", self, std::move(request), args[5]);
}

PyObject* run(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  sql_request request;
  if (!has_arguments("run", count, 5) || !read_statement(args, request)) return nullptr;
  return run_here("run", self, std::move(request), args[4]);
}

PyObject* batch(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  sql_request request;
  request.what = kind::batch;
  if (!has_arguments("batch", count, 4) || !read_text(args[0], request.text) ||
      !encode_sets(args[1], args[2], request.sets))
    return nullptr;
  return run_here("batch", self, std::move(request), args[3]);
}

PyObject* stream(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  sql_request request;
  request.what = kind::stream;
  if (!has_arguments("stream", count, 3) || !read_bytes(args[0], request.text)) return nullptr;
  const auto rows = PyLong_AsUnsignedLong(args[1]);
  if (rows == static_cast<unsigned long>(-1) && PyErr_Occurred()) return nullptr;
  request.rows_per_piece =
      static_cast<std::uint32_t>(std::clamp<unsigned long>(rows, 1, UINT32_MAX));
  return run_here("stream", self, std::move(request), args[2]);
}

PyObject* copy_data(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  sql_request request;
  request.what = kind::copy_data;
  if (!has_arguments("copy_data", count, 2) || !read_bytes(args[0], request.text)) return nullptr;
  return run_here("copy_data", self, std::move(request), args[1]);
}

PyObject* copy_end(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  sql_request request;
  request.what = kind::copy_end;
  if (!has_arguments("copy_end", count, 2) || !read_text(args[0], request.text)) return nullptr;
  return run_here("copy_end", self, std::move(request), args[1]);
}

PyObject* next(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  return has_arguments("next", count, 1) ? run_plain("next", kind::next, self, args[0]) : nullptr;
}

PyObject* drain(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  return has_arguments("drain", count, 1) ? run_plain("drain", kind::drain, self, args[0])
                                          : nullptr;
}

PyObject* poll(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("poll", count, 1)) return nullptr;
  auto* reply = run_plain("poll", kind::poll, self, args[0]);
  listen_aside(self_of(self), false);
  return reply;
}

PyObject* listen(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  return has_arguments("listen", count, 1) ? run_plain("listen", kind::listen, self, args[0])
                                           : nullptr;
}

/// Sends the request to the pool by its desk; `tell` gets the answer, on the desk's thread.
template <class Tell>
bool send_aside(const std::shared_ptr<session>& leased, sql_request request, Tell tell) {
  request.session = leased->id();
  request.deadline = deadline_in(-1);
  const auto backstop = request.deadline + std::chrono::seconds{2};
  auto pool = leased->where().pool.get();
  if (!pool) return false;
  // The session must not be kept alive by what it waits for.
  auto fail = [weak = std::weak_ptr{leased}, tell](const error& why) {
    if (auto alive = weak.lock()) failing_for(alive, why);
    tell(why);
  };
  auto asking = [pool, tell, fail, backstop,
                 parcel = sql_request_parcel{std::move(request)}](outside_desk& desk) {
    ask(desk.self(), *pool, backstop, run_atom::value, parcel)
        .then([tell](sql_reply_parcel& reply) { tell(reply); }, fail);
  };
  return run_errand(leased->where(), std::move(asking));
}

void listen_aside(session_object& self, bool wanted) {
  auto aside = self.aside;
  if (self.leased->closed() || !aside->listen(wanted)) return;
  sql_request request;
  request.what = kind::listen;
  auto tell = [aside](expected<sql_reply_parcel> what) { aside->heard(std::move(what)); };
  if (!send_aside(self.leased, std::move(request), tell)) aside->heard(make_error(ec::unavailable));
}

PyObject* begin(PyObject* object, PyObject* const* args, Py_ssize_t count) {
  sql_request request;
  if (!has_arguments("begin", count, 1) || !read_bytes(args[0], request.text)) return nullptr;
  auto& self = self_of(object);
  if (!is_usable(*self.leased)) return nullptr;
  auto aside = self.aside;
  if (!aside->begin()) {
    PyErr_SetString(PyExc_RuntimeError, "begin(): the answer of the last one was not fetched");
    return nullptr;
  }
  auto tell = [aside](expected<sql_reply_parcel> how) { aside->answer(std::move(how)); };
  if (!send_aside(self.leased, std::move(request), tell))
    aside->answer(make_error(ec::unavailable, "the PostgreSQL pool is down"));
  Py_RETURN_NONE;
}

PyObject* fileno(PyObject* object, PyObject* const*, Py_ssize_t count) {
  if (!has_arguments("fileno", count, 0)) return nullptr;
  auto& self = self_of(object);
  const int descriptor = self.aside->descriptor();
  if (descriptor < 0) return PyErr_SetFromErrno(PyExc_OSError);
  listen_aside(self, true);
  return PyLong_FromLong(descriptor);
}

/// The reply with what was heard before it.
PyObject* reply_with(sql_reply reply, background& aside) {
  auto heard = aside.take_heard();
  if (!heard.empty()) {
    auto& all = reply.notifications;
    all.insert(all.begin(), std::move_iterator{heard.begin()}, std::move_iterator{heard.end()});
  }
  return new_reply_object(std::move(reply));
}

PyObject* finish(PyObject* object, PyObject* const*, Py_ssize_t count) {
  if (!has_arguments("finish", count, 0)) return nullptr;
  auto& self = self_of(object);
  auto answered = self.aside->take_answer();
  if (!answered) Py_RETURN_NONE;
  if (*answered) return reply_with((*answered)->take(), *self.aside);
  raise_failure(answered->error());
  return nullptr;
}

PyObject* cancel(PyObject* self, PyObject* const*, Py_ssize_t count) {
  if (!has_arguments("cancel", count, 0)) return nullptr;
  self_of(self).leased->cancel();
  Py_RETURN_NONE;
}

PyObject* describe(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  long long limit;
  if (!has_arguments("describe", count, 1) || !read_timeout(args[0], limit)) return nullptr;
  auto leased = self_of(self).leased;
  if (!is_usable(*leased)) return nullptr;
  return ask_pool<sql_description>(
      "describe", leased->where(), deadline_in(limit),
      [](sql_description& told) { return told.take(); }, new_description,
      [leased](const error& why) { return failing_for(leased, why); }, describe_atom::value,
      leased->id());
}

PyObject* close(PyObject* self, PyObject* const*, Py_ssize_t count) {
  if (!has_arguments("close", count, 0)) return nullptr;
  self_of(self).leased->give_back();
  Py_RETURN_NONE;
}

PyObject* get_closed(PyObject* self, void*) {
  return PyBool_FromLong(self_of(self).leased->closed());
}

PyObject* get_number(PyObject* self, void*) {
  return PyLong_FromUnsignedLongLong(self_of(self).leased->id());
}

PyObject* get_opened(PyObject* self, void*) {
  return description_of_opened(self_of(self).leased->opened());
}

void deallocate(PyObject* object) {
  auto& self = self_of(object);
  std::destroy_at(&self.leased);
  std::destroy_at(&self.aside);
  auto* type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

PyGetSetDef attributes[] = {
    {"closed", get_closed, nullptr, "Given back, or lost.", nullptr},
    {"number", get_number, nullptr, "Its number in this process.", nullptr},
    {"opened", get_opened, nullptr,
     "What describe() said when the connection was opened; does not wait. Not to be changed.",
     nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyMethodDef methods[] = {
    fast("simple", simple, "simple($self, sql, timeout_ms, /)\n--\n\nRuns SQL as it is."),
    fast("simple_or_bound", simple_or_bound,
         "simple_or_bound($self, sql, query, vars, timeout_ms, /)\n--\n\n"
         "Runs SQL, which was made of a query with %s and its values: as it is, or prepared if the "
         "query comes often and that makes no difference."),
    fast("bound", bound,
         "bound($self, sql, values, types, binary, binary_results, timeout_ms, /)\n--\n\n"
         "Runs one statement with values for $1, $2, .."),
    fast("run", run,
         "run($self, sql, values, text_of, binary_results, timeout_ms, /)\n--\n\n"
         "The same with values of Python; text_of makes the text of what is not known here."),
    fast("batch", batch,
         "batch($self, sql, sets, text_of, timeout_ms, /)\n--\n\n"
         "Runs one statement with each set of values, all or nothing: the last result."),
    fast("stream", stream,
         "stream($self, sql, rows_per_piece, timeout_ms, /)\n--\n\nRuns SQL, rows in pieces."),
    fast("next", next, "next($self, timeout_ms, /)\n--\n\nThe next piece."),
    fast("copy_data", copy_data, "copy_data($self, data, timeout_ms, /)\n--\n\nFor a COPY FROM."),
    fast("copy_end", copy_end,
         "copy_end($self, failure, timeout_ms, /)\n--\n\nEnds a COPY FROM, well if failure is ''."),
    fast("drain", drain, "drain($self, timeout_ms, /)\n--\n\nEnds a stream or COPY early."),
    fast("poll", poll, "poll($self, timeout_ms, /)\n--\n\nWhat the server has sent by itself."),
    fast("listen", listen, "listen($self, timeout_ms, /)\n--\n\nWaits for a notification."),
    fast("begin", begin, "begin($self, sql, /)\n--\n\nStarts simple() and returns at once."),
    fast("fileno", fileno,
         "fileno($self, /)\n--\n\nReadable when what begin() started has been answered."),
    fast("finish", finish, "finish($self, /)\n--\n\nThe answer, or None while there is none."),
    fast("cancel", cancel, "cancel($self, /)\n--\n\nCancels what runs, on the server."),
    fast("describe", describe, "describe($self, timeout_ms, /)\n--\n\nWhat it is like now."),
    fast("close", close, "close($self, /)\n--\n\nGives the session back; twice is fine."),
    {nullptr, nullptr, 0, nullptr}};

void keep_last(std::vector<sql_result>& results) {
  if (results.size() > 1) results.erase(results.begin(), results.end() - 1);
}

}  // namespace

PyObject* new_session_object(std::shared_ptr<session> leased) {
  auto* object = session_type->tp_alloc(session_type, 0);
  if (!object) return nullptr;
  auto& self = self_of(object);
  std::construct_at(&self.leased, std::move(leased));
  std::construct_at(&self.aside, std::make_shared<background>());
  return object;
}

PyObject* run_request(const char* caller, const postgres_access& where,
                      std::shared_ptr<session> leased, std::shared_ptr<background> aside,
                      sql_request request) {
  if (leased) {
    if (!is_usable(*leased)) return nullptr;
    request.session = leased->id();
  }
  const auto deadline = request.deadline;
  const auto ticket = request.ticket;
  const bool last_alone = request.what == kind::batch;
  auto answered = std::make_shared<bool>(false);
  auto hold = [](sql_reply_parcel& reply) { return reply; };
  auto build = [answered, aside, last_alone](sql_reply_parcel& parcel) {
    *answered = true;
    auto reply = parcel.take();
    if (last_alone) keep_last(reply.results);
    return aside ? reply_with(std::move(reply), *aside) : new_reply_object(std::move(reply));
  };
  auto fail = [weak = std::weak_ptr{leased}](const error& why) {
    return failing_for(weak.lock(), why);
  };
  auto* reply = ask_pool<sql_reply_parcel>(caller, where, deadline, hold, build, fail,
                                           run_atom::value, sql_request_parcel{std::move(request)});
  if (!reply && !*answered && leased) ticket != 0 ? leased->abandon(ticket) : leased->cancel();
  return reply;
}

bool add_session_type(PyObject* module) {
  static PyType_Slot slots[] = {
      {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
      {Py_tp_methods, methods},
      {Py_tp_getset, attributes},
      {Py_tp_doc, const_cast<char*>("A session of a PostgreSQL server for its holder alone. "
                                    "Dropping the last reference gives it back.")},
      {0, nullptr}};
  static PyType_Spec spec{"puff._puff.PgSession", sizeof(session_object), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  session_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  return session_type &&
         PyModule_AddObjectRef(module, "PgSession", reinterpret_cast<PyObject*>(session_type)) == 0;
}

}  // namespace puff::bridge::postgres
