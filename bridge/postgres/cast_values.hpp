#pragma once

#include <pybind11/pybind11.h>

#include <string_view>

namespace puff::bridge::postgres {

/// What values of one fetch share: the cursor they are cast for, and what it says about text and
/// time zones, looked up when first needed. Lives on the stack of one call.
class cast_context {
 public:
  /// `cursor` is borrowed; None is fine: UTF-8 and datetime.timezone then.
  explicit cast_context(PyObject* cursor) noexcept : cursor_(cursor) {}
  ~cast_context();
  cast_context(const cast_context&) = delete;
  cast_context& operator=(const cast_context&) = delete;

  PyObject* cursor() const noexcept { return cursor_; }
  /// A str of the server's bytes.
  PyObject* decode(std::string_view bytes);
  /// A tzinfo for an offset, or None if the cursor wants none; null with an exception.
  PyObject* zone(int offset_seconds);
  /// Whether the cursor wants no tzinfo.
  bool without_zones();

 private:
  bool find_factory();

  PyObject* cursor_;
  PyObject* codec_ = nullptr;
  PyObject* zone_factory_ = nullptr;
};

/// Makes a Python object of a value in text form; null with an exception. The byte behind `text`
/// is readable (libpq's values and Python's strings end in a zero).
using cast_function = PyObject* (*)(std::string_view text, cast_context& context);

/// The built-in conversions, with psycopg2's types, limits and exceptions.
PyObject* cast_integer(std::string_view text, cast_context& context);
PyObject* cast_float(std::string_view text, cast_context& context);
PyObject* cast_decimal(std::string_view text, cast_context& context);
PyObject* cast_boolean(std::string_view text, cast_context& context);
PyObject* cast_text(std::string_view text, cast_context& context);
PyObject* cast_bytes(std::string_view text, cast_context& context);
/// bytea in hex or escape form: a memoryview of format "c".
PyObject* cast_binary(std::string_view text, cast_context& context);
PyObject* cast_date(std::string_view text, cast_context& context);
PyObject* cast_time(std::string_view text, cast_context& context);
PyObject* cast_datetime(std::string_view text, cast_context& context);
PyObject* cast_datetimetz(std::string_view text, cast_context& context);
PyObject* cast_interval(std::string_view text, cast_context& context);

/// Makes the type of the memory that a bytea's memoryview shows. Once, at import.
bool prepare_cast_values();
/// The same for dates.
bool prepare_cast_dates();

}  // namespace puff::bridge::postgres
