#include "bridge/postgres/copy_text.hpp"

#include <array>
#include <string>
#include <string_view>

#include "bridge/internal/arguments.hpp"
#include "bridge/postgres/native_values.hpp"

namespace puff::bridge::postgres {
namespace {

/// What stands behind the backslash for a character that COPY does not take as it is.
constexpr auto escapes = [] {
  std::array<char, 256> table{};
  table['\\'] = '\\';
  table['\t'] = 't';
  table['\n'] = 'n';
  table['\r'] = 'r';
  return table;
}();

void append_escaped(std::string& to, std::string_view text) {
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char escape = escapes[static_cast<unsigned char>(text[i])];
    if (!escape) continue;
    to.append(text, done, i - done);
    to += {'\\', escape};
    done = i + 1;
  }
  to.append(text, done);
}

bool append_text(std::string& to, PyObject* text) {
  Py_ssize_t size = 0;
  const char* bytes = PyUnicode_AsUTF8AndSize(text, &size);
  if (bytes) append_escaped(to, {bytes, static_cast<std::size_t>(size)});
  return bytes != nullptr;
}

bool append_other(std::string& to, PyObject* value, PyObject* text_of) {
  auto* text = PyObject_CallOneArg(text_of, value);
  const bool done = text && append_text(to, text);
  Py_XDECREF(text);
  return done;
}

bool append_value(std::string& to, PyObject* value, PyObject* text_of) {
  if (PyUnicode_CheckExact(value)) return append_text(to, value);
  if (PyLong_CheckExact(value) || PyFloat_CheckExact(value)) return append_number(to, value);
  if (PyBytes_Check(value) || PyByteArray_Check(value)) return append_escaped_hex(to, value);
  if (value != Py_None && !PyBool_Check(value)) return append_other(to, value, text_of);
  to += value == Py_None ? "\\N" : value == Py_True ? "t" : "f";
  return true;
}

bool append_row(std::string& to, PyObject* row, PyObject* text_of) {
  auto* values = PySequence_Fast(row, "a row to copy must be iterable");
  // The size is asked each time: `text_of` may change a list.
  bool good = values != nullptr;
  for (Py_ssize_t i = 0; good && i < PySequence_Fast_GET_SIZE(values); ++i) {
    if (i > 0) to += '\t';
    auto* value = Py_NewRef(PySequence_Fast_GET_ITEM(values, i));
    good = append_value(to, value, text_of);
    Py_DECREF(value);
  }
  to += '\n';
  Py_XDECREF(values);
  return good;
}

/// False with an exception.
bool append_rows(std::string& to, PyObject* rows, std::size_t size, PyObject* text_of) {
  while (to.size() < size) {
    auto* row = PyIter_Next(rows);
    if (!row) return !PyErr_Occurred();
    const bool good = append_row(to, row, text_of);
    Py_DECREF(row);
    if (!good) return false;
  }
  return true;
}

}  // namespace

PyObject* copy_text(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!internal::has_arguments("pg_copy_text", count, 3)) return nullptr;
  const auto size = PyLong_AsSize_t(args[1]);
  if (PyErr_Occurred()) return nullptr;
  if (!PyIter_Check(args[0])) {
    PyErr_SetString(PyExc_TypeError, "pg_copy_text() needs an iterator");
    return nullptr;
  }
  std::string text;
  if (!append_rows(text, args[0], size, args[2])) return nullptr;
  return PyBytes_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
}

}  // namespace puff::bridge::postgres
