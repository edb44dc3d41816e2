#include "bridge/convert.hpp"

#include <charconv>
#include <vector>

#include "services/redis/command.hpp"

namespace py = pybind11;

namespace puff::bridge {
namespace {

PyObject* bytes_of(const std::string& text) {
  return PyBytes_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
}

PyObject* redis_error(const std::string& text) {
  static PyObject* type =
      py::object{py::module_::import("puff.errors").attr("RedisError")}.release().ptr();
  auto message = py::reinterpret_steal<py::object>(
      PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace"));
  return message ? PyObject_CallOneArg(type, message.ptr()) : nullptr;
}

PyObject* list_of(const redis_value::array& values) {
  auto* list = PyList_New(static_cast<Py_ssize_t>(values.size()));
  for (std::size_t i = 0; list && i < values.size(); ++i) {
    auto* item = to_python(values[i]);
    if (item)
      PyList_SET_ITEM(list, static_cast<Py_ssize_t>(i), item);
    else
      Py_CLEAR(list);
  }
  return list;
}

struct to_python_visitor {
  PyObject* operator()(const redis_value::nil&) const { Py_RETURN_NONE; }
  PyObject* operator()(std::int64_t number) const { return PyLong_FromLongLong(number); }
  PyObject* operator()(const std::string& text) const { return bytes_of(text); }
  PyObject* operator()(const redis_value::status& status) const { return bytes_of(status.text); }
  PyObject* operator()(const redis_value::failure& why) const { return redis_error(why.text); }
  PyObject* operator()(const redis_value::array& values) const { return list_of(values); }
};

/// Texts of arguments: views into Python's own where possible, else kept in `made`.
class argument_texts {
 public:
  bool add(PyObject* argument) {
    Py_ssize_t size;
    if (PyBytes_Check(argument)) {
      texts_.emplace_back(PyBytes_AS_STRING(argument), PyBytes_GET_SIZE(argument));
    } else if (PyUnicode_Check(argument)) {
      const char* text = PyUnicode_AsUTF8AndSize(argument, &size);
      if (!text) return false;
      texts_.emplace_back(text, static_cast<std::size_t>(size));
    } else if (PyBool_Check(argument) || !add_number_or_buffer(argument)) {
      if (!PyErr_Occurred())
        PyErr_Format(PyExc_TypeError,
                     "a Redis argument is bytes, str, int or float, not %.100s: convert it first",
                     Py_TYPE(argument)->tp_name);
      return false;
    }
    return true;
  }
  const std::vector<std::string_view>& texts() const noexcept { return texts_; }

 private:
  bool add_number_or_buffer(PyObject* argument) {
    py::object text;
    if (PyLong_Check(argument))
      text = py::reinterpret_steal<py::object>(PyNumber_ToBase(argument, 10));
    else if (PyFloat_Check(argument))
      text = py::reinterpret_steal<py::object>(PyObject_Repr(argument));
    else if (PyObject_CheckBuffer(argument))
      text = py::reinterpret_steal<py::object>(PyBytes_FromObject(argument));
    if (!text) return false;
    made_.push_back(text);
    return add(text.ptr());
  }

  std::vector<std::string_view> texts_;
  std::vector<py::object> made_;
};

}  // namespace

PyObject* to_python(const redis_value& value) {
  return std::visit(to_python_visitor{}, value.data);
}

bool append_command(redis_commands& commands, PyObject* arguments) {
  if (!PyTuple_Check(arguments) || PyTuple_GET_SIZE(arguments) == 0) {
    PyErr_SetString(PyExc_TypeError, "a Redis command is a non-empty tuple of its words");
    return false;
  }
  argument_texts words;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(arguments); ++i)
    if (!words.add(PyTuple_GET_ITEM(arguments, i))) return false;
  redis::append_command(commands.wire, words.texts());
  return true;
}

}  // namespace puff::bridge
