#include "bridge/postgres/literals.hpp"

// After Python.h.
#include <datetime.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "bridge/postgres/client_text.hpp"
#include "bridge/postgres/dbapi_names.hpp"

namespace puff::bridge::postgres {
namespace {

/// One value on its way into `out`.
struct literal {
  std::string& out;
  PyObject* value;
  PyObject* connection;
  const quoting_style& style;
};

bool append_ascii(std::string& out, PyObject* text) {
  Py_ssize_t size = 0;
  const char* bytes = text ? PyUnicode_AsUTF8AndSize(text, &size) : nullptr;
  if (bytes) {
    // "1 - -1" is fine, "1--1" a comment.
    if (bytes[0] == '-') out += ' ';
    out.append(bytes, static_cast<std::size_t>(size));
  }
  Py_XDECREF(text);
  return bytes != nullptr;
}

bool put_none(const literal& to) {
  to.out += "NULL";
  return true;
}

bool put_bool(const literal& to) {
  to.out += to.value == Py_True ? "true" : "false";
  return true;
}

bool put_int(const literal& to) {
  int overflow = 0;
  const auto number = PyLong_AsLongLongAndOverflow(to.value, &overflow);
  if (overflow) return append_ascii(to.out, PyObject_Str(to.value));
  std::array<char, 24> digits;
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  if (number < 0) to.out += ' ';
  to.out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
  return true;
}

bool put_float(const literal& to) {
  const double number = PyFloat_AS_DOUBLE(to.value);
  if (std::isnan(number)) {
    to.out += "'NaN'::float";
  } else if (std::isinf(number)) {
    to.out += number > 0 ? "'Infinity'::float" : "'-Infinity'::float";
  } else {
    auto* digits = PyOS_double_to_string(number, 'r', 0, Py_DTSF_ADD_DOT_0, nullptr);
    if (!digits) return false;
    if (digits[0] == '-') to.out += ' ';
    to.out += digits;
    PyMem_Free(digits);
  }
  return true;
}

bool put_str(const literal& to) { return append_quoted_text(to.out, to.value, to.style); }

bool put_bytes(const literal& to) {
  append_quoted_binary(
      to.out, {PyBytes_AS_STRING(to.value), static_cast<std::size_t>(PyBytes_GET_SIZE(to.value))},
      to.style);
  return true;
}

bool put_decimal(const literal& to) {
  auto* text = PyObject_Str(to.value);
  const char* bytes = text ? PyUnicode_AsUTF8(text) : nullptr;
  if (!bytes) {
    Py_XDECREF(text);
    return false;
  }
  const char first = bytes[0] == '-' ? bytes[1] : bytes[0];
  if (first >= '0' && first <= '9') return append_ascii(to.out, text);
  to.out += "'NaN'::numeric";
  Py_DECREF(text);
  return true;
}

void append_day(std::string& out, PyObject* day) {
  char text[32];
  const int size = std::snprintf(text, sizeof text, "%04d-%02d-%02d", PyDateTime_GET_YEAR(day),
                                 PyDateTime_GET_MONTH(day), PyDateTime_GET_DAY(day));
  out.append(text, static_cast<std::size_t>(size));
}

void append_clock(std::string& out, int hour, int minute, int second, int microsecond) {
  char text[40];
  int size = std::snprintf(text, sizeof text, "%02d:%02d:%02d", hour, minute, second);
  out.append(text, static_cast<std::size_t>(size));
  if (!microsecond) return;
  size = std::snprintf(text, sizeof text, ".%06d", microsecond);
  out.append(text, static_cast<std::size_t>(size));
}

bool append_iso(std::string& out, PyObject* value) {
  auto* text = PyObject_CallMethod(value, "isoformat", nullptr);
  const bool done = text && append_encoded(out, text, nullptr);
  Py_XDECREF(text);
  return done;
}

bool put_date(const literal& to) {
  to.out += '\'';
  append_day(to.out, to.value);
  to.out += "'::date";
  return true;
}

bool put_time(const literal& to) {
  auto* time = to.value;
  to.out += '\'';
  const bool naive = PyDateTime_TIME_GET_TZINFO(time) == Py_None;
  if (naive)
    append_clock(to.out, PyDateTime_TIME_GET_HOUR(time), PyDateTime_TIME_GET_MINUTE(time),
                 PyDateTime_TIME_GET_SECOND(time), PyDateTime_TIME_GET_MICROSECOND(time));
  else if (!append_iso(to.out, time))
    return false;
  to.out += naive ? "'::time" : "'::timetz";
  return true;
}

bool put_datetime(const literal& to) {
  auto* moment = to.value;
  to.out += '\'';
  const bool naive = PyDateTime_DATE_GET_TZINFO(moment) == Py_None;
  if (naive) {
    append_day(to.out, moment);
    to.out += 'T';
    append_clock(to.out, PyDateTime_DATE_GET_HOUR(moment), PyDateTime_DATE_GET_MINUTE(moment),
                 PyDateTime_DATE_GET_SECOND(moment), PyDateTime_DATE_GET_MICROSECOND(moment));
  } else if (!append_iso(to.out, moment)) {
    return false;
  }
  to.out += naive ? "'::timestamp" : "'::timestamptz";
  return true;
}

bool put_timedelta(const literal& to) {
  char text[64];
  const int size = std::snprintf(
      text, sizeof text, "'%d days %d.%06d seconds'::interval", PyDateTime_DELTA_GET_DAYS(to.value),
      PyDateTime_DELTA_GET_SECONDS(to.value), PyDateTime_DELTA_GET_MICROSECONDS(to.value));
  to.out.append(text, static_cast<std::size_t>(size));
  return true;
}

bool put_list(const literal& to) { return append_list(to.out, to.value, to.connection, to.style); }

bool put_tuple(const literal& to) {
  to.out += '(';
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(to.value); ++i) {
    if (i) to.out += ", ";
    if (!append_literal(to.out, PyTuple_GET_ITEM(to.value, i), to.connection, to.style))
      return false;
  }
  to.out += ')';
  return true;
}

bool put_uuid(const literal& to) {
  auto* text = PyObject_Str(to.value);
  to.out += '\'';
  const bool done = text && append_encoded(to.out, text, nullptr);
  Py_XDECREF(text);
  to.out += "'::uuid";
  return done;
}

/// A type whose literals C++ writes, as long as its adapter is the one of the package.
struct known_type {
  PyTypeObject* type = nullptr;
  bool (*put)(const literal&) = nullptr;
  bool may = false;  ///< whether its adapter is the default one
};

/// Which of the known types may be written by C++ follows from the dict of adapters; that has been
/// looked at when its version was `seen`.
struct known_types {
  std::array<known_type, 13> all;
  std::uint64_t seen = 0;
} known;

PyTypeObject* find_type(const char* module_name, const char* type_name) {
  auto* module = PyImport_ImportModule(module_name);
  auto* type = module ? PyObject_GetAttrString(module, type_name) : nullptr;
  Py_XDECREF(module);
  return reinterpret_cast<PyTypeObject*>(type);
}

/// Copies from the registered adapters whether they are the defaults.
void look_at_adapters() {
  auto& n = names();
  for (auto& entry : known.all) entry.may = false;
  PyObject *key = nullptr, *adapter = nullptr;
  for (Py_ssize_t place = 0; PyDict_Next(n.defaults, &place, &key, &adapter);)
    for (auto& entry : known.all)
      if (PyTuple_Check(key) && PyTuple_GET_ITEM(key, 0) == reinterpret_cast<PyObject*>(entry.type))
        entry.may = PyDict_GetItemWithError(n.adapters, key) == adapter;
}

const known_type* known_type_of(PyObject* value) {
  auto* type = Py_TYPE(value);
  for (const auto& entry : known.all)
    if (entry.type == type) return entry.may ? &entry : nullptr;
  return nullptr;
}

bool append_by_adapter(const literal& to) {
  auto& n = names();
  if (!n.quoted) {
    PyErr_SetString(PyExc_RuntimeError, "import puff.postgres first");
    return false;
  }
  PyObject* both[] = {to.value, to.connection};
  auto* quoted = PyObject_Vectorcall(n.quoted, both, 2, nullptr);
  if (!quoted) return false;
  const bool is_bytes = PyBytes_Check(quoted);
  if (is_bytes)
    to.out.append(PyBytes_AS_STRING(quoted), static_cast<std::size_t>(PyBytes_GET_SIZE(quoted)));
  else
    PyErr_Format(PyExc_ValueError, "only bytes values expected, got %s", Py_TYPE(quoted)->tp_name);
  Py_DECREF(quoted);
  return is_bytes;
}

}  // namespace

bool append_literal(std::string& out, PyObject* value, PyObject* connection,
                    const quoting_style& style) {
  const literal to{out, value, connection, style};
  if (value == Py_None) return put_none(to);
  auto* adapters = names().adapters;
  // The version of a dict changes with each change of it.
  if (adapters) {
    const auto version = reinterpret_cast<PyDictObject*>(adapters)->ma_version_tag;
    if (version != known.seen) {
      look_at_adapters();
      known.seen = version;
    }
    if (const auto* entry = known_type_of(value)) {
      if (Py_EnterRecursiveCall(" while quoting a value")) return false;
      const bool done = entry->put(to);
      Py_LeaveRecursiveCall();
      return done;
    }
  }
  return append_by_adapter(to);
}

bool is_written_here(PyObject* value) { return known_type_of(value) != nullptr; }

bool append_list(std::string& out, PyObject* list, PyObject* connection,
                 const quoting_style& style) {
  if (PyList_GET_SIZE(list) == 0) {
    // Not ARRAY[]: that would need a cast, for example in = ANY(..).
    out += "'{}'";
    return true;
  }
  const auto start = out.size();
  out += "ARRAY[";
  // ARRAY[NULL] has no type, nor has one of arrays of nothing but NULL: those are '{NULL}'.
  bool only_nulls = true;
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); ++i) {
    auto* item = PyList_GET_ITEM(list, i);
    const auto at = out.size();
    Py_INCREF(item);
    const bool done = append_literal(out, item, connection, style);
    const bool is_list = PyList_Check(item), is_none = item == Py_None;
    Py_DECREF(item);
    if (!done) return false;
    if (!is_list) {
      only_nulls = only_nulls && is_none;
    } else if (out[at] == 'A') {
      only_nulls = false;
    } else if (out.compare(at, std::string::npos, "'{}'") == 0) {
      out.replace(at, std::string::npos, "ARRAY[]");
      only_nulls = false;
    }
    out += ',';
  }
  out.back() = ']';
  if (!only_nulls) return true;
  std::string braces = "'{";
  for (const char c : std::string_view{out}.substr(start + 6))
    if (c != '\'') braces += c;
  braces.back() = '}';
  braces += '\'';
  out.replace(start, std::string::npos, braces);
  return true;
}

bool prepare_literals() {
  PyDateTime_IMPORT;
  if (!PyDateTimeAPI) return false;
  auto* api = PyDateTimeAPI;
  auto* decimal = find_type("decimal", "Decimal");
  auto* uuid = decimal ? find_type("uuid", "UUID") : nullptr;
  known.all = {{{&PyUnicode_Type, put_str},
                {&PyLong_Type, put_int},
                {api->DateTimeType, put_datetime},
                {&PyBool_Type, put_bool},
                {&PyFloat_Type, put_float},
                {decimal, put_decimal},
                {&PyBytes_Type, put_bytes},
                {api->DateType, put_date},
                {uuid, put_uuid},
                {&PyList_Type, put_list},
                {&PyTuple_Type, put_tuple},
                {api->TimeType, put_time},
                {api->DeltaType, put_timedelta}}};
  return uuid != nullptr;
}

}  // namespace puff::bridge::postgres
