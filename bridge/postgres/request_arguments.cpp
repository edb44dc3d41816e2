#include "bridge/postgres/request_arguments.hpp"

namespace puff::bridge::postgres {
namespace {

bool is_tuple(PyObject* from, const char* of_what) {
  if (PyTuple_Check(from)) return true;
  PyErr_Format(PyExc_TypeError, "a tuple of %s is needed, not %.100s", of_what,
               Py_TYPE(from)->tp_name);
  return false;
}

}  // namespace

bool read_timeout(PyObject* from, long long& timeout_ms) {
  timeout_ms = PyLong_AsLongLong(from);
  return timeout_ms != -1 || !PyErr_Occurred();
}

bool read_text(PyObject* from, std::string& text) {
  Py_ssize_t size = 0;
  const char* bytes = PyUnicode_AsUTF8AndSize(from, &size);
  if (!bytes) return false;
  text.assign(bytes, static_cast<std::size_t>(size));
  return true;
}

bool read_bytes(PyObject* from, std::string& bytes) {
  if (PyBytes_Check(from)) {
    bytes.assign(PyBytes_AS_STRING(from), static_cast<std::size_t>(PyBytes_GET_SIZE(from)));
    return true;
  }
  Py_buffer view;
  if (PyObject_GetBuffer(from, &view, PyBUF_SIMPLE) != 0) return false;
  bytes.assign(static_cast<const char*>(view.buf), static_cast<std::size_t>(view.len));
  PyBuffer_Release(&view);
  return true;
}

bool read_values(PyObject* from, sql_values& values) {
  if (!is_tuple(from, "bytes and None")) return false;
  const auto count = PyTuple_GET_SIZE(from);
  values.values.resize(static_cast<std::size_t>(count));
  for (Py_ssize_t i = 0; i < count; ++i) {
    auto* item = PyTuple_GET_ITEM(from, i);
    if (item == Py_None) continue;
    if (!read_bytes(item, values.values[static_cast<std::size_t>(i)].emplace())) return false;
  }
  return true;
}

bool read_types(PyObject* from, std::vector<std::uint32_t>& types) {
  if (!is_tuple(from, "OIDs")) return false;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(from); ++i) {
    const auto oid = PyLong_AsUnsignedLong(PyTuple_GET_ITEM(from, i));
    if (oid == static_cast<unsigned long>(-1) && PyErr_Occurred()) return false;
    types.push_back(static_cast<std::uint32_t>(oid));
  }
  return true;
}

bool read_binary(PyObject* from, sql_values& values) {
  if (!is_tuple(from, "bool")) return false;
  const auto count = static_cast<std::size_t>(PyTuple_GET_SIZE(from));
  for (std::size_t i = 0; i < count; ++i) {
    bool binary;
    if (!read_truth(PyTuple_GET_ITEM(from, static_cast<Py_ssize_t>(i)), binary)) return false;
    values.binary.push_back(binary);
  }
  if (count == 0 || count == values.values.size()) return true;
  PyErr_Format(PyExc_ValueError, "%zu values, but `binary` tells of %zu", values.values.size(),
               count);
  return false;
}

bool read_truth(PyObject* from, bool& truth) {
  const int yes = PyObject_IsTrue(from);
  truth = yes > 0;
  return yes >= 0;
}

}  // namespace puff::bridge::postgres
