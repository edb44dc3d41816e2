#include "bridge/postgres/binary_values.hpp"

// After Python.h.
#include <datetime.h>

#include <bit>
#include <cstring>
#include <limits>
#include <type_traits>

namespace puff::bridge::postgres {
namespace {

// They live as long as the interpreter.
PyTypeObject* uuid_class = nullptr;
PyObject *uuid_int = nullptr, *uuid_is_safe = nullptr, *uuid_unknown = nullptr;

PyObject* wrong_size() {
  PyErr_SetString(PyExc_ValueError, "a binary value of PostgreSQL has the wrong size");
  return nullptr;
}

constexpr std::uint8_t in_order(std::uint8_t bytes) { return bytes; }
constexpr std::uint16_t in_order(std::uint16_t bytes) { return __builtin_bswap16(bytes); }
constexpr std::uint32_t in_order(std::uint32_t bytes) { return __builtin_bswap32(bytes); }
constexpr std::uint64_t in_order(std::uint64_t bytes) { return __builtin_bswap64(bytes); }

static_assert(std::endian::native == std::endian::little);

template <class Integer>
bool read(std::string_view bytes, Integer& value) {
  if (bytes.size() != sizeof(Integer)) return wrong_size() != nullptr;
  std::make_unsigned_t<Integer> raw;
  std::memcpy(&raw, bytes.data(), sizeof(raw));
  value = static_cast<Integer>(in_order(raw));
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

/// As `UUID(bytes=..)` makes it, without the Python code of that.
PyObject* uuid(std::string_view bytes) {
  if (bytes.size() != 16) return wrong_size();
  auto* raw = reinterpret_cast<const unsigned char*>(bytes.data());
  auto* number = _PyLong_FromByteArray(raw, 16, 0, 0);
  auto* made = number ? uuid_class->tp_alloc(uuid_class, 0) : nullptr;
  if (made && (PyObject_GenericSetAttr(made, uuid_int, number) != 0 ||
               PyObject_GenericSetAttr(made, uuid_is_safe, uuid_unknown) != 0))
    Py_CLEAR(made);
  Py_XDECREF(number);
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

bool prepare_binary_values() {
  PyDateTime_IMPORT;
  if (!PyDateTimeAPI) return false;
  auto* module = PyImport_ImportModule("uuid");
  auto* made = module ? PyObject_GetAttrString(module, "UUID") : nullptr;
  auto* safety = made ? PyObject_GetAttrString(module, "SafeUUID") : nullptr;
  uuid_class = reinterpret_cast<PyTypeObject*>(made);
  uuid_unknown = safety ? PyObject_GetAttrString(safety, "unknown") : nullptr;
  uuid_int = PyUnicode_InternFromString("int");
  uuid_is_safe = PyUnicode_InternFromString("is_safe");
  Py_XDECREF(safety);
  Py_XDECREF(module);
  return uuid_unknown && uuid_int && uuid_is_safe;
}

}  // namespace puff::bridge::postgres
