#include <pybind11/pybind11.h>

// After Python.h.
#include <datetime.h>

#include <charconv>
#include <string>

#include "bridge/postgres/cast_values.hpp"
#include "bridge/postgres/clock_text.hpp"
#include "bridge/postgres/dbapi_names.hpp"

namespace puff::bridge::postgres {
namespace {

/// The datetime.timezone that was made last; most values have the offset of the one before.
PyObject* last_zone = nullptr;
int last_offset = 0;

PyObject* type_object(PyTypeObject* type) { return reinterpret_cast<PyObject*>(type); }

PyObject* extreme(PyTypeObject* type, std::string_view text) {
  return PyObject_GetAttrString(type_object(type), text[0] == '-' ? "min" : "max");
}

bool is_infinite(std::string_view text) { return text == "infinity" || text == "-infinity"; }

PyObject* unparsed(const char* what) {
  PyErr_Format(names().data_error, "unable to parse %s", what);
  return nullptr;
}

/// Seconds of 60, which PostgreSQL prints after rounding, belong to the next minute.
void carry_second(clock_text& clock) {
  if (clock.second > 59) {
    clock.minute += 1;
    clock.second -= 60;
  }
}

PyObject* moment(std::string_view text, cast_context& context) {
  calendar_text day;
  if (!take_calendar(text, day)) return unparsed("date");
  clock_text clock;
  if (!text.empty() && !take_clock(text, clock)) return unparsed("time");
  carry_second(clock);
  auto* zone = clock.has_offset ? context.zone(clock.offset) : Py_NewRef(Py_None);
  if (!zone) return nullptr;
  auto* api = PyDateTimeAPI;
  auto* value =
      api->DateTime_FromDateAndTime(day.year, day.month, day.day, clock.hour, clock.minute,
                                    clock.second, clock.microsecond, zone, api->DateTimeType);
  Py_DECREF(zone);
  return value;
}

PyObject* in_utc(PyObject* datetime) {
  if (!datetime) return nullptr;
  auto* zoned = PyDateTimeAPI->DateTime_FromDateAndTime(
      PyDateTime_GET_YEAR(datetime), PyDateTime_GET_MONTH(datetime), PyDateTime_GET_DAY(datetime),
      PyDateTime_DATE_GET_HOUR(datetime), PyDateTime_DATE_GET_MINUTE(datetime),
      PyDateTime_DATE_GET_SECOND(datetime), PyDateTime_DATE_GET_MICROSECOND(datetime),
      PyDateTime_TimeZone_UTC, PyDateTimeAPI->DateTimeType);
  Py_DECREF(datetime);
  return zoned;
}

PyObject* new_delta(long long days, long long seconds, long microseconds) {
  days += seconds / 86'400;
  seconds %= 86'400;
  if (days >= -999'999'999 && days <= 999'999'999)
    return PyDelta_FromDSU(static_cast<int>(days), static_cast<int>(seconds),
                           static_cast<int>(microseconds));
  return PyObject_CallFunction(type_object(PyDateTimeAPI->DeltaType), "LLl", days, seconds,
                               microseconds);
}

/// A server that is not PostgreSQL may send an interval as a number of microseconds.
PyObject* delta_of_microseconds(std::string_view text) {
  long long value = 0;
  const auto* end = text.data() + text.size();
  if (text.empty() || std::from_chars(text.data(), end, value).ptr != end) {
    PyErr_Format(PyExc_ValueError, "expected number of microseconds, got %s",
                 std::string{text}.c_str());
    return nullptr;
  }
  return new_delta(0, value / 1'000'000, static_cast<long>(value % 1'000'000));
}

}  // namespace

bool cast_context::find_factory() {
  if (zone_factory_) return true;
  if (cursor_ == Py_None)
    zone_factory_ = Py_NewRef(type_object(Py_TYPE(PyDateTime_TimeZone_UTC)));
  else
    zone_factory_ = PyObject_GetAttr(cursor_, names().tzinfo_factory);
  return zone_factory_ != nullptr;
}

bool cast_context::without_zones() { return find_factory() && zone_factory_ == Py_None; }

PyObject* cast_context::zone(int offset_seconds) {
  if (!find_factory()) return nullptr;
  if (zone_factory_ == Py_None) return Py_NewRef(Py_None);
  const bool plain = zone_factory_ == type_object(Py_TYPE(PyDateTime_TimeZone_UTC));
  if (plain && last_zone && last_offset == offset_seconds) return Py_NewRef(last_zone);
  auto* offset = PyDelta_FromDSU(0, offset_seconds, 0);
  if (!offset) return nullptr;
  auto* zone = PyObject_CallOneArg(zone_factory_, offset);
  Py_DECREF(offset);
  if (zone && plain) {
    Py_XSETREF(last_zone, Py_NewRef(zone));
    last_offset = offset_seconds;
  }
  return zone;
}

PyObject* cast_date(std::string_view text, cast_context&) {
  if (is_infinite(text)) return extreme(PyDateTimeAPI->DateType, text);
  calendar_text day;
  if (!take_calendar(text, day)) return unparsed("date");
  return PyDateTimeAPI->Date_FromDate(day.year, day.month, day.day, PyDateTimeAPI->DateType);
}

PyObject* cast_time(std::string_view text, cast_context& context) {
  clock_text clock;
  if (!take_clock(text, clock)) return unparsed("time");
  carry_second(clock);
  auto* zone = clock.has_offset ? context.zone(clock.offset) : Py_NewRef(Py_None);
  if (!zone) return nullptr;
  auto* value = PyDateTimeAPI->Time_FromTime(clock.hour, clock.minute, clock.second,
                                             clock.microsecond, zone, PyDateTimeAPI->TimeType);
  Py_DECREF(zone);
  return value;
}

PyObject* cast_datetime(std::string_view text, cast_context& context) {
  if (is_infinite(text)) return extreme(PyDateTimeAPI->DateTimeType, text);
  return moment(text, context);
}

PyObject* cast_datetimetz(std::string_view text, cast_context& context) {
  if (!is_infinite(text)) return moment(text, context);
  auto* end_of_time = extreme(PyDateTimeAPI->DateTimeType, text);
  const bool naive = context.without_zones();
  if (PyErr_Occurred()) {
    Py_XDECREF(end_of_time);
    return nullptr;
  }
  return naive ? end_of_time : in_utc(end_of_time);
}

PyObject* cast_interval(std::string_view text, cast_context&) {
  interval_text interval;
  switch (read_interval(text, interval)) {
    case interval_outcome::good:
      return new_delta(interval.days, interval.seconds, interval.microseconds);
    case interval_outcome::bare_number: return delta_of_microseconds(text);
    case interval_outcome::iso_8601:
      PyErr_SetString(names().not_supported_error,
                      "iso_8601 intervalstyle currently not supported");
      return nullptr;
    case interval_outcome::too_big: break;
  }
  if (auto* value = delta_of_microseconds(text)) return value;
  PyErr_SetString(PyExc_OverflowError, "interval component too big");
  return nullptr;
}

bool prepare_cast_dates() {
  PyDateTime_IMPORT;
  return PyDateTimeAPI != nullptr;
}

}  // namespace puff::bridge::postgres
