#include "bridge/graphql/arguments.hpp"

#include "bridge/graphql/values.hpp"

namespace puff::bridge::graphql {

bool read(PyObject* from, std::string& to) {
  std::string_view utf8;
  if (PyUnicode_Check(from) && text_of(from, utf8)) {
    to = utf8;
    return true;
  }
  PyErr_SetString(PyExc_TypeError, "a str was expected");
  return false;
}

bool read(PyObject* from, std::optional<std::string>& to) {
  if (from == Py_None) return true;
  return read(from, to.emplace());
}

bool read(PyObject* from, header_block& to) {
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(from); ++i) {
    std::string name, value;
    auto* pair = PySequence_Fast_GET_ITEM(from, i);
    if (!read(PyTuple_GET_ITEM(pair, 0), name) || !read(PyTuple_GET_ITEM(pair, 1), value))
      return false;
    to.add(name, value);
  }
  return true;
}

PyObject* new_text(std::string_view utf8) {
  return PyUnicode_DecodeUTF8(utf8.data(), static_cast<Py_ssize_t>(utf8.size()), "replace");
}

}  // namespace puff::bridge::graphql
