#include "bridge/postgres/native_values.hpp"

#include <array>
#include <charconv>
#include <string_view>

#include "bridge/postgres/array_text.hpp"
#include "bridge/postgres/request_arguments.hpp"

namespace puff::bridge::postgres {
namespace {

bool add_other(PyObject* value, PyObject* text_of, std::string& to) {
  auto* text = PyObject_CallOneArg(text_of, value);
  const bool done = text && read_text(text, to);
  Py_XDECREF(text);
  return done;
}

bool append_integer(std::string& to, PyObject* value) {
  int overflow = 0;
  const auto number = PyLong_AsLongLongAndOverflow(value, &overflow);
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  if (overflow == 0) return to.append(digits.data(), end), true;
  auto* text = PyObject_Repr(value);
  const char* all = text ? PyUnicode_AsUTF8(text) : nullptr;
  if (all) to += all;
  Py_XDECREF(text);
  return all != nullptr;
}

bool append_float(std::string& to, PyObject* value) {
  auto* text = PyOS_double_to_string(PyFloat_AS_DOUBLE(value), 'r', 0, Py_DTSF_ADD_DOT_0, nullptr);
  if (text) to += text;
  PyMem_Free(text);
  return text != nullptr;
}

bool add_text(PyObject* value, PyObject* text_of, std::string& to) {
  if (PyUnicode_CheckExact(value)) return read_text(value, to);
  if (PyLong_CheckExact(value) || PyFloat_CheckExact(value)) return append_number(to, value);
  if (PyList_CheckExact(value) || PyTuple_CheckExact(value))
    return append_array(to, value, text_of);
  if (!PyBool_Check(value)) return add_other(value, text_of, to);
  to = value == Py_True ? "t" : "f";
  return true;
}

bool add_value(PyObject* value, PyObject* text_of, sql_values& to) {
  if (value == Py_None) {
    to.values.emplace_back();
    if (!to.binary.empty()) to.binary.push_back(false);
    return true;
  }
  const bool binary = has_bytes(value);
  if (binary) to.binary.resize(to.values.size());
  if (binary || !to.binary.empty()) to.binary.push_back(binary);
  auto& text = to.values.emplace_back().emplace();
  return binary ? read_bytes(value, text) : add_text(value, text_of, text);
}

bool is_binary(const sql_values& set, std::size_t place) {
  return !set.binary.empty() && set.binary[place];
}

/// What the sets before one have in each place.
enum class form : char { unknown, text, binary };

bool fits(const sql_values& set, std::vector<form>& forms) {
  if (set.values.size() != forms.size()) {
    PyErr_Format(PyExc_ValueError, "the first set has %zu values, another %zu", forms.size(),
                 set.values.size());
    return false;
  }
  for (std::size_t i = 0; i < forms.size(); ++i) {
    if (!set.values[i]) continue;
    const auto now = is_binary(set, i) ? form::binary : form::text;
    if (forms[i] == form::unknown) forms[i] = now;
    if (forms[i] == now) continue;
    PyErr_Format(PyExc_TypeError, "$%zu is bytes in some of the sets only", i + 1);
    return false;
  }
  return true;
}

/// Calls `take(item)` for each item of an iterable until it returns false, which is passed on.
template <class Take>
bool for_each_of(PyObject* from, Take take) {
  auto* items = PyObject_GetIter(from);
  while (auto* item = items ? PyIter_Next(items) : nullptr) {
    const bool good = take(item);
    Py_DECREF(item);
    if (!good) break;
  }
  Py_XDECREF(items);
  return !PyErr_Occurred();
}

}  // namespace

bool append_number(std::string& to, PyObject* value) {
  return PyLong_CheckExact(value) ? append_integer(to, value) : append_float(to, value);
}

bool has_bytes(PyObject* value) {
  return PyBytes_Check(value) || PyByteArray_Check(value) || PyMemoryView_Check(value);
}

bool append_escaped_hex(std::string& to, PyObject* value) {
  constexpr std::string_view digits = "0123456789abcdef";
  Py_buffer view;
  if (PyObject_GetBuffer(value, &view, PyBUF_SIMPLE) != 0) return false;
  to += R"(\\x)";
  for (Py_ssize_t i = 0; i < view.len; ++i) {
    const auto byte = static_cast<const unsigned char*>(view.buf)[i];
    to += {digits[byte >> 4], digits[byte & 15]};
  }
  PyBuffer_Release(&view);
  return true;
}

bool encode_values(PyObject* from, PyObject* text_of, sql_values& to) {
  return for_each_of(from, [&](PyObject* value) { return add_value(value, text_of, to); });
}

bool encode_sets(PyObject* from, PyObject* text_of, std::vector<sql_values>& to) {
  std::vector<form> forms;
  return for_each_of(from, [&](PyObject* values) {
    auto& set = to.emplace_back();
    set.values.reserve(forms.size());
    if (!encode_values(values, text_of, set)) return false;
    if (to.size() == 1) forms.resize(set.values.size());
    return fits(set, forms);
  });
}

bool read_statement(PyObject* const* args, sql_request& request) {
  request.what = sql_request::kind::bound;
  return read_text(args[0], request.text) &&
         encode_values(args[1], args[2], request.sets.emplace_back()) &&
         read_truth(args[3], request.binary_results);
}

}  // namespace puff::bridge::postgres
