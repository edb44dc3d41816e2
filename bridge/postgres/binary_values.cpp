#include "bridge/postgres/binary_values.hpp"

// After Python.h.
#include <datetime.h>

#include <bit>
#include <limits>
#include <vector>

#include "bridge/internal/arguments.hpp"
#include "bridge/postgres/result_object.hpp"
#include "services/postgres/result_view.hpp"

namespace puff::bridge::postgres {
namespace {

using puff::postgres::result_view;

PyObject *uuid_class = nullptr, *uuid_keywords = nullptr;  // live as long as the interpreter

template <class Integer>
bool read(std::string_view bytes, Integer& value) {
  if (bytes.size() != sizeof(Integer)) {
    PyErr_SetString(PyExc_ValueError, "a binary value of PostgreSQL has the wrong size");
    return false;
  }
  std::uint64_t gathered = 0;
  for (char c : bytes) gathered = gathered << 8 | static_cast<unsigned char>(c);
  value = static_cast<Integer>(gathered);
  return true;
}

template <class Integer>
PyObject* integer(std::string_view bytes) {
  Integer value;
  return read(bytes, value) ? PyLong_FromLongLong(value) : nullptr;
}

PyObject* boolean(std::string_view bytes) {
  std::int8_t value;
  return read(bytes, value) ? PyBool_FromLong(value) : nullptr;
}

PyObject* single(std::string_view bytes) {
  std::uint32_t value;
  return read(bytes, value) ? PyFloat_FromDouble(std::bit_cast<float>(value)) : nullptr;
}

PyObject* twice(std::string_view bytes) {
  std::uint64_t value;
  return read(bytes, value) ? PyFloat_FromDouble(std::bit_cast<double>(value)) : nullptr;
}

PyObject* text(std::string_view bytes) {
  return PyUnicode_DecodeUTF8(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), nullptr);
}

PyObject* bytea(std::string_view bytes) {
  return PyBytes_FromStringAndSize(bytes.data(), static_cast<Py_ssize_t>(bytes.size()));
}

PyObject* jsonb(std::string_view bytes) {
  if (!bytes.empty() && bytes[0] == 1) return text(bytes.substr(1));
  PyErr_SetString(PyExc_ValueError, "jsonb of an unknown version");
  return nullptr;
}

PyObject* uuid(std::string_view bytes) {
  auto* raw = bytea(bytes);
  if (!raw) return nullptr;
  auto* made = PyObject_Vectorcall(uuid_class, &raw, 0, uuid_keywords);
  Py_DECREF(raw);
  return made;
}

struct calendar_day {
  int year;
  unsigned month, day;
};

/// Of days since 1970-01-01, by the era algorithm of Howard Hinnant's "chrono-compatible low-level
/// date algorithms".
calendar_day day_of(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const auto of_era = static_cast<unsigned>(days - era * 146'097);
  const unsigned year_of_era = (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
  const unsigned of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned shifted = (5 * of_year + 2) / 153;
  const unsigned month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {static_cast<int>(year_of_era + era * 400) + (month <= 2 ? 1 : 0), month,
          of_year - (153 * shifted + 2) / 5 + 1};
}

constexpr std::int64_t to_unix_days = 10'957;  // PostgreSQL counts from 2000-01-01
constexpr std::int64_t day_us = 86'400'000'000;

PyObject* out_of_range(const char* what) {
  PyErr_Format(PyExc_ValueError, "the %s is beyond those of Python", what);
  return nullptr;
}

PyObject* limit(PyTypeObject* type, bool highest) {
  return PyObject_GetAttrString(reinterpret_cast<PyObject*>(type), highest ? "max" : "min");
}

PyObject* date(std::string_view bytes) {
  std::int32_t days;
  if (!read(bytes, days)) return nullptr;
  using limits = std::numeric_limits<std::int32_t>;
  if (days == limits::max() || days == limits::min())
    return limit(PyDateTimeAPI->DateType, days > 0);
  auto d = day_of(days + to_unix_days);
  if (d.year < 1 || d.year > 9999) return out_of_range("date");
  return PyDate_FromDate(d.year, static_cast<int>(d.month), static_cast<int>(d.day));
}

PyObject* moment(std::string_view bytes, PyObject* zone) {
  std::int64_t us;
  if (!read(bytes, us)) return nullptr;
  using limits = std::numeric_limits<std::int64_t>;
  if (us == limits::max() || us == limits::min()) return limit(PyDateTimeAPI->DateTimeType, us > 0);
  auto days = us / day_us, rest = us % day_us;
  if (rest < 0) {
    rest += day_us;
    --days;
  }
  auto d = day_of(days + to_unix_days);
  if (d.year < 1 || d.year > 9999) return out_of_range("timestamp");
  const auto seconds = static_cast<int>(rest / 1'000'000);
  return PyDateTimeAPI->DateTime_FromDateAndTime(
      d.year, static_cast<int>(d.month), static_cast<int>(d.day), seconds / 3'600,
      seconds / 60 % 60, seconds % 60, static_cast<int>(rest % 1'000'000), zone,
      PyDateTimeAPI->DateTimeType);
}

PyObject* timestamp(std::string_view bytes) { return moment(bytes, Py_None); }

PyObject* timestamptz(std::string_view bytes) { return moment(bytes, PyDateTime_TimeZone_UTC); }

/// The decoder of each column; false if one has none, or if `formats` and one is in text form.
bool find_decoders(result_view view, bool formats, std::vector<binary_decoder>& decoders) {
  for (int i = 0; i < view.columns(); ++i) {
    auto found = find_binary_decoder(view.column_type(i));
    if (!found || (formats && !view.column_is_binary(i))) return false;
    decoders.push_back(found);
  }
  return true;
}

PyObject* row_of(result_view view, int row, const std::vector<binary_decoder>& decoders) {
  auto* tuple = PyTuple_New(static_cast<Py_ssize_t>(decoders.size()));
  for (int i = 0; tuple && i < view.columns(); ++i) {
    auto* value = view.is_null(row, i) ? Py_NewRef(Py_None)
                                       : decoders[static_cast<std::size_t>(i)](view.value(row, i));
    if (!value)
      Py_CLEAR(tuple);
    else
      PyTuple_SET_ITEM(tuple, i, value);
  }
  return tuple;
}

}  // namespace

binary_decoder find_binary_decoder(std::uint32_t type) noexcept {
  switch (type) {
    case 16: return boolean;
    case 17: return bytea;
    case 20: return integer<std::int64_t>;
    case 21: return integer<std::int16_t>;
    case 23: return integer<std::int32_t>;
    case 26: return integer<std::uint32_t>;
    case 19:    // name
    case 25:    // text
    case 114:   // json
    case 142:   // xml
    case 705:   // unknown
    case 1042:  // bpchar
    case 1043:  // varchar
      return text;
    case 700: return single;
    case 701: return twice;
    case 1082: return date;
    case 1114: return timestamp;
    case 1184: return timestamptz;
    case 2950: return uuid;
    case 3802: return jsonb;
    default: return nullptr;
  }
}

PyObject* binary_rows(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!internal::has_arguments("pg_binary_rows", count, 1)) return nullptr;
  const auto* result = result_of(args[0]);
  if (!result) return nullptr;
  result_view view{result};
  std::vector<binary_decoder> decoders;
  if (!find_decoders(view, true, decoders)) Py_RETURN_NONE;
  auto* rows = PyList_New(view.rows());
  for (int i = 0; rows && i < view.rows(); ++i) {
    auto* row = row_of(view, i, decoders);
    if (!row)
      Py_CLEAR(rows);
    else
      PyList_SET_ITEM(rows, i, row);
  }
  return rows;
}

PyObject* could_be_binary(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!internal::has_arguments("pg_is_binary", count, 1)) return nullptr;
  const auto* result = result_of(args[0]);
  if (!result) return nullptr;
  std::vector<binary_decoder> decoders;
  return PyBool_FromLong(find_decoders(result_view{result}, false, decoders));
}

bool prepare_binary_values() {
  PyDateTime_IMPORT;
  if (!PyDateTimeAPI) return false;
  auto* module = PyImport_ImportModule("uuid");
  uuid_class = module ? PyObject_GetAttrString(module, "UUID") : nullptr;
  uuid_keywords = Py_BuildValue("(s)", "bytes");
  Py_XDECREF(module);
  return uuid_class && uuid_keywords;
}

}  // namespace puff::bridge::postgres
