#include "bridge/bindings.hpp"
#include "bridge/hub.hpp"
#include "bridge/internal/arguments.hpp"
#include "bridge/postgres/array_text.hpp"
#include "bridge/postgres/binary_rows.hpp"
#include "bridge/postgres/binary_values.hpp"
#include "bridge/postgres/copy_text.hpp"
#include "bridge/postgres/failure.hpp"
#include "bridge/postgres/native_values.hpp"
#include "bridge/postgres/own_node.hpp"
#include "bridge/postgres/record.hpp"
#include "bridge/postgres/reply_object.hpp"
#include "bridge/postgres/request_arguments.hpp"
#include "bridge/postgres/session_object.hpp"
#include "bridge/postgres/waiting.hpp"
#include "bridge/runtime.hpp"
#include "services/postgres/conninfo.hpp"

namespace puff::bridge {
namespace {

using namespace postgres;
using internal::fast;
using internal::has_arguments;

error no_pool(const std::string& name) {
  return make_error(ec::not_found,
                    "no PostgreSQL pool is named '" + name +
                        "': add a [[postgres]] table of that name to puff.toml" +
                        (the_runtime().greenlets ? "" : ", and run the program under puff"));
}

/// The configured pool of that name, or null with PgFailure.
const postgres_access* find_pool(const std::string& name) {
  auto& pools = the_runtime().postgres;
  auto found = pools.find(name);
  if (session::forks() != 0) {
    raise_failure(make_error(ec::unavailable,
                             "this process was forked from Puff's, whose pools it cannot use"));
    return nullptr;
  }
  if (!name.empty() && found != pools.end()) return &found->second;
  raise_failure(no_pool(name));
  return nullptr;
}

/// The pool whose leases name their own servers, or null with PgFailure.
const postgres_access* find_opener() {
  auto& pools = the_runtime().postgres;
  auto found = pools.find("");
  return found != pools.end() && session::forks() == 0 ? &found->second : own_pool();
}

PyObject* lease(const char* caller, const postgres_access& from, sql_lease wish) {
  const auto deadline = wish.deadline;
  // From here on the lease is in hands that give it back, whoever still waits for it.
  auto hold = [from](sql_leased& leased) { return std::make_shared<session>(from, leased.take()); };
  return ask_pool<sql_leased>(
      caller, from, deadline, hold,
      [](std::shared_ptr<session>& held) { return new_session_object(std::move(held)); }, failing,
      lease_atom::value, sql_lease_wish{std::move(wish)});
}

/// Who asks, for messages: the request that the calling greenlet serves, if it does, and its code.
std::string holder_at(std::string code) {
  const auto* serving = running_work();
  auto title = serving ? serving->title() : std::string{};
  if (title.empty()) return code;
  // What follows may be long, differs, and is not for everybody's eyes.
  return title.substr(0, title.find('?')) + " at " + code;
}

bool read_wish(const char* caller, PyObject* const* args, Py_ssize_t count, std::string& first,
               sql_lease& wish) {
  long long limit;
  if (!has_arguments(caller, count, 3) || !read_text(args[0], first) ||
      !read_text(args[1], wish.holder) || !read_timeout(args[2], limit))
    return false;
  wish.holder = holder_at(std::move(wish.holder));
  wish.deadline = deadline_in(limit);
  return true;
}

PyObject* pg_lease(PyObject*, PyObject* const* args, Py_ssize_t count) {
  std::string name;
  sql_lease wish;
  if (!read_wish("pg_lease", args, count, name, wish)) return nullptr;
  auto* from = find_pool(name);
  return from ? lease("pg_lease", *from, std::move(wish)) : nullptr;
}

PyObject* pg_open(PyObject*, PyObject* const* args, Py_ssize_t count) {
  std::string conninfo;
  sql_lease wish;
  if (!read_wish("pg_open", args, count, conninfo, wish)) return nullptr;
  wish.conninfo = std::move(conninfo);
  auto* from = find_opener();
  return from ? lease("pg_open", *from, std::move(wish)) : nullptr;
}

PyObject* pg_run(PyObject*, PyObject* const* args, Py_ssize_t count) {
  std::string name;
  sql_request request;
  long long limit;
  if (!has_arguments("pg_run", count, 6) || !read_text(args[0], name) ||
      !read_statement(args + 1, request) || !read_timeout(args[5], limit))
    return nullptr;
  request.deadline = deadline_in(limit);
  auto* where = find_pool(name);
  return where ? run_request("pg_run", *where, nullptr, nullptr, std::move(request)) : nullptr;
}

PyObject* text_object(const std::string& text) {
  return PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "surrogateescape");
}

PyObject* pg_pool_conninfo(PyObject*, PyObject* const* args, Py_ssize_t count) {
  std::string name;
  if (!has_arguments("pg_pool_conninfo", count, 1) || !read_text(args[0], name)) return nullptr;
  auto& pools = the_runtime().postgres;
  auto found = pools.find(name);
  if (!name.empty() && found != pools.end()) return text_object(found->second.conninfo);
  raise(no_pool(name));
  return nullptr;
}

PyObject* pg_parse_conninfo(PyObject*, PyObject* const* args, Py_ssize_t count) {
  std::string text;
  if (!has_arguments("pg_parse_conninfo", count, 1) || !read_text(args[0], text)) return nullptr;
  auto parsed = puff::postgres::parse_conninfo(text);
  if (!parsed) {
    PyErr_SetString(PyExc_ValueError, context_of(parsed.error()).c_str());
    return nullptr;
  }
  return new_text_dict(*parsed);
}

PyObject* pg_libpq_version(PyObject*, PyObject* const*, Py_ssize_t count) {
  if (!has_arguments("pg_libpq_version", count, 0)) return nullptr;
  return PyLong_FromLong(puff::postgres::libpq_version());
}

PyObject* pg_encrypt_password(PyObject*, PyObject* const* args, Py_ssize_t count) {
  std::string password, user, algorithm = "md5";
  if (!has_arguments("pg_encrypt_password", count, 4) || !read_text(args[0], password) ||
      !read_text(args[1], user) || (args[3] != Py_None && !read_text(args[3], algorithm)))
    return nullptr;
  auto made = puff::postgres::encrypt_password(password, user, algorithm);
  if (made) return text_object(*made);
  PyErr_SetString(PyExc_ValueError, context_of(made.error()).c_str());
  return nullptr;
}

PyMethodDef functions[] = {
    fast("pg_lease", pg_lease,
         "pg_lease($module, pool, holder, timeout_ms, /)\n--\n\nA session of a configured pool."),
    fast("pg_open", pg_open,
         "pg_open($module, conninfo, holder, timeout_ms, /)\n--\n\n"
         "A session on a connection of its own; works without Puff's runtime."),
    fast("pg_run", pg_run,
         "pg_run($module, pool, sql, values, text_of, binary_results, timeout_ms, /)\n--\n\n"
         "Runs one statement by itself, without a lease."),
    fast("pg_pool_conninfo", pg_pool_conninfo,
         "pg_pool_conninfo($module, pool, /)\n--\n\nWhere the pool connects, with the password."),
    fast("pg_parse_conninfo", pg_parse_conninfo,
         "pg_parse_conninfo($module, conninfo, /)\n--\n\nIts keywords; ValueError as libpq says."),
    fast("pg_libpq_version", pg_libpq_version,
         "pg_libpq_version($module, /)\n--\n\nThe version of libpq: 150018."),
    fast("pg_encrypt_password", pg_encrypt_password,
         "pg_encrypt_password($module, password, user, scope, algorithm, /)\n--\n\n"
         "What the server stores for a password; by md5 if algorithm is None."),
    fast("pg_records", make_records,
         "pg_records($module, result, rows, /)\n--\n\nTuples as records of the result."),
    fast("pg_binary_rows", binary_rows,
         "pg_binary_rows($module, result, most, /)\n--\n\n"
         "The rows of a result in binary form; None if a column cannot be decoded."),
    fast("pg_binary_records", binary_records,
         "pg_binary_records($module, result, most, /)\n--\n\nThe same as records."),
    fast("pg_array_text", array_text,
         "pg_array_text($module, items, text_of, /)\n--\n\nA list or tuple as an array's text."),
    fast("pg_copy_text", copy_text,
         "pg_copy_text($module, rows, size, text_of, /)\n--\n\n"
         "What an iterator of rows gives next, in COPY's text format."),
    fast("pg_is_binary", could_be_binary,
         "pg_is_binary($module, result, /)\n--\n\n"
         "Whether the same statement's results in binary form could be decoded."),
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

bool bind_postgres(PyObject* module) {
  session::watch_forks();
  return add_failure_type(module) && add_reply_type(module) && add_session_type(module) &&
         add_record_type(module) && end_own_node_at_exit() &&
         PyModule_AddFunctions(module, functions) == 0;
}

}  // namespace puff::bridge
