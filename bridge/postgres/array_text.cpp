#include "bridge/postgres/array_text.hpp"

#include <string_view>

#include "bridge/internal/arguments.hpp"
#include "bridge/postgres/native_values.hpp"

namespace puff::bridge::postgres {
namespace {

void append_quoted(std::string& to, std::string_view text) {
  to += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') to += '\\';
    to += c;
  }
  to += '"';
}

bool append_text(std::string& to, PyObject* text) {
  Py_ssize_t size = 0;
  const char* bytes = PyUnicode_AsUTF8AndSize(text, &size);
  if (bytes) append_quoted(to, {bytes, static_cast<std::size_t>(size)});
  return bytes != nullptr;
}

bool append_bytes(std::string& to, PyObject* value) {
  to += '"';
  const bool good = append_escaped_hex(to, value);
  to += '"';
  return good;
}

bool append_other(std::string& to, PyObject* value, PyObject* text_of) {
  auto* text = PyObject_CallOneArg(text_of, value);
  const bool good = text && append_text(to, text);
  Py_XDECREF(text);
  return good;
}

bool append_item(std::string& to, PyObject* item, PyObject* text_of) {
  if (PyLong_CheckExact(item) || PyFloat_CheckExact(item)) return append_number(to, item);
  if (PyUnicode_CheckExact(item)) return append_text(to, item);
  if (PyList_Check(item) || PyTuple_Check(item)) return append_array(to, item, text_of);
  if (has_bytes(item)) return append_bytes(to, item);
  if (item != Py_None && !PyBool_Check(item)) return append_other(to, item, text_of);
  to += item == Py_None ? "NULL" : item == Py_True ? "t" : "f";
  return true;
}

}  // namespace

bool append_array(std::string& to, PyObject* items, PyObject* text_of) {
  if (Py_EnterRecursiveCall(" in an array") != 0) return false;
  to += '{';
  bool good = true;
  // The size is asked each time: `text_of` may change a list.
  for (Py_ssize_t i = 0; good && i < PySequence_Fast_GET_SIZE(items); ++i) {
    if (i > 0) to += ',';
    auto* item = Py_NewRef(PySequence_Fast_GET_ITEM(items, i));
    good = append_item(to, item, text_of);
    Py_DECREF(item);
  }
  to += '}';
  Py_LeaveRecursiveCall();
  return good;
}

PyObject* array_text(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!internal::has_arguments("pg_array_text", count, 2)) return nullptr;
  if (!PyList_Check(args[0]) && !PyTuple_Check(args[0])) {
    PyErr_SetString(PyExc_TypeError, "pg_array_text() needs a list or tuple");
    return nullptr;
  }
  std::string text;
  if (!append_array(text, args[0], args[1])) return nullptr;
  return PyUnicode_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
}

}  // namespace puff::bridge::postgres
