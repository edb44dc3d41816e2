#include "bridge/postgres/cast_values.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <memory>
#include <string>

#include "bridge/postgres/client_text.hpp"
#include "bridge/postgres/cursor_rows.hpp"
#include "bridge/postgres/dbapi_names.hpp"

namespace puff::bridge::postgres {
namespace {

/// Memory of one bytea value; its memoryview keeps it.
struct chunk {
  PyObject_HEAD char* bytes;
  Py_ssize_t size;
};

PyTypeObject* chunk_type = nullptr;
PyObject* decimal_type = nullptr;

int show_chunk(PyObject* object, Py_buffer* view, int flags) {
  auto& self = *reinterpret_cast<chunk*>(object);
  if (PyBuffer_FillInfo(view, object, self.bytes, self.size, 1, flags) != 0) return -1;
  if (view->format) view->format = const_cast<char*>("c");
  return 0;
}

void free_chunk(PyObject* object) {
  PyMem_Free(reinterpret_cast<chunk*>(object)->bytes);
  auto* type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

constexpr auto digit_values = [] {
  std::array<signed char, 256> values{};
  values.fill(-1);
  for (int i = 0; i < 10; ++i) values['0' + i] = static_cast<signed char>(i);
  for (int i = 0; i < 6; ++i) values['a' + i] = values['A' + i] = static_cast<signed char>(10 + i);
  return values;
}();

int digit(char c) { return digit_values[static_cast<unsigned char>(c)]; }

Py_ssize_t from_hex(std::string_view text, char* out) {
  char* to = out;
  int high = -1;
  for (char c : text.substr(2)) {
    const int value = digit(c);
    if (value < 0) continue;
    if (high < 0) {
      high = value;
    } else {
      *to++ = static_cast<char>(high << 4 | value);
      high = -1;
    }
  }
  return to - out;
}

bool is_octal(std::string_view text) {
  return text.size() >= 4 && text[1] >= '0' && text[1] <= '3' && text[2] >= '0' && text[2] <= '7' &&
         text[3] >= '0' && text[3] <= '7';
}

Py_ssize_t from_escape(std::string_view text, char* out) {
  char* to = out;
  while (!text.empty()) {
    if (text[0] != '\\' || text.size() == 1) {
      *to++ = text[0];
      text.remove_prefix(1);
    } else if (is_octal(text)) {
      *to++ = static_cast<char>((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0'));
      text.remove_prefix(4);
    } else {
      *to++ = text[1];
      text.remove_prefix(2);
    }
  }
  return to - out;
}

/// Decimal digits, perhaps after a minus, so few that they cannot overflow.
bool read_short(std::string_view text, long long& value) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > 18) return false;
  value = 0;
  for (char c : text) {
    const auto worth = static_cast<unsigned char>(c - '0');
    if (worth > 9) return false;
    value = value * 10 + worth;
  }
  if (negative) value = -value;
  return true;
}

PyObject* long_of_many_digits(std::string_view text) {
  const std::string digits{text};
  return PyLong_FromString(digits.c_str(), nullptr, 10);
}

}  // namespace

cast_context::~cast_context() {
  Py_XDECREF(codec_);
  Py_XDECREF(zone_factory_);
}

PyObject* cast_context::decode(std::string_view bytes) {
  if (!codec_) {
    codec_ = Py_XNewRef(codec_of_cursor(cursor_));
    if (!codec_ && cursor_ != Py_None) codec_ = PyObject_GetAttr(cursor_, names().codec);
    if (!codec_) {
      if (PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_AttributeError)) return nullptr;
      PyErr_Clear();
      codec_ = Py_NewRef(Py_None);
    }
  }
  return decode_text(bytes, codec_);
}

PyObject* cast_integer(std::string_view text, cast_context&) {
  if (text.size() >= 24) {
    PyErr_SetString(names().data_error, "int64 representation too long");
    return nullptr;
  }
  long long value = 0;
  return read_short(text, value) ? PyLong_FromLongLong(value) : long_of_many_digits(text);
}

PyObject* cast_float(std::string_view text, cast_context&) {
  double value = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec == std::errc{} && parsed.ptr == end) return PyFloat_FromDouble(value);
  auto* as_text = decode_text(text, nullptr);
  if (!as_text) return nullptr;
  auto* result = PyFloat_FromString(as_text);
  Py_DECREF(as_text);
  return result;
}

PyObject* cast_decimal(std::string_view text, cast_context&) {
  auto* digits = decode_text(text, nullptr);
  if (!digits) return nullptr;
  auto* result = PyObject_CallOneArg(decimal_type, digits);
  Py_DECREF(digits);
  return result;
}

PyObject* cast_boolean(std::string_view text, cast_context&) {
  const char first = text.empty() ? '\0' : text[0];
  if (first == 't' || first == 'T') Py_RETURN_TRUE;
  if (first == 'f' || first == 'F') Py_RETURN_FALSE;
  PyErr_Format(names().interface_error, "can't parse boolean: '%s'", std::string{text}.c_str());
  return nullptr;
}

PyObject* cast_text(std::string_view text, cast_context& context) { return context.decode(text); }

PyObject* cast_bytes(std::string_view text, cast_context&) {
  return PyBytes_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
}

PyObject* cast_binary(std::string_view text, cast_context&) {
  auto* memory = PyObject_New(chunk, chunk_type);
  if (!memory) return nullptr;
  memory->size = 0;
  memory->bytes = static_cast<char*>(PyMem_Malloc(text.size() + 1));
  auto* object = reinterpret_cast<PyObject*>(memory);
  if (!memory->bytes) {
    Py_DECREF(object);
    return PyErr_NoMemory();
  }
  const bool hex = text.size() >= 2 && text[0] == '\\' && text[1] == 'x';
  memory->size = hex ? from_hex(text, memory->bytes) : from_escape(text, memory->bytes);
  auto* view = PyMemoryView_FromObject(object);
  Py_DECREF(object);
  return view;
}

bool prepare_cast_values() {
  static PyType_Slot slots[] = {{Py_bf_getbuffer, reinterpret_cast<void*>(show_chunk)},
                                {Py_tp_dealloc, reinterpret_cast<void*>(free_chunk)},
                                {Py_tp_doc, const_cast<char*>("The bytes of one bytea value.")},
                                {0, nullptr}};
  static PyType_Spec spec{"puff._puff.PgBytes", sizeof(chunk), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  chunk_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  auto* decimal = PyImport_ImportModule("decimal");
  decimal_type = decimal ? PyObject_GetAttrString(decimal, "Decimal") : nullptr;
  Py_XDECREF(decimal);
  return chunk_type && decimal_type;
}

}  // namespace puff::bridge::postgres
