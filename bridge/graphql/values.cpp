#include "bridge/graphql/values.hpp"

#include <cmath>

#include "bridge/internal/objects.hpp"
#include "services/graphql/output/json_text.hpp"

namespace py = pybind11;

namespace puff::bridge::graphql {
namespace {

using puff::graphql::cell;
using puff::graphql::column;
using puff::graphql::value;

constexpr int deepest = 200;

PyObject* text(std::string_view utf8) {
  return PyUnicode_DecodeUTF8(utf8.data(), static_cast<Py_ssize_t>(utf8.size()), "replace");
}

template <class Items, class Make>
PyObject* list_of(const Items& items, Make make) {
  auto list = py::reinterpret_steal<py::object>(PyList_New(0));
  if (!list) return nullptr;
  for (const auto& item : items) {
    auto made = py::reinterpret_steal<py::object>(make(item));
    if (!made || PyList_Append(list.ptr(), made.ptr()) != 0) return nullptr;
  }
  return list.release().ptr();
}

PyObject* dict_of(const puff::graphql::value_object& entries) {
  auto dict = py::reinterpret_steal<py::object>(PyDict_New());
  if (!dict) return nullptr;
  for (const auto& [name, v] : entries) {
    auto key = py::reinterpret_steal<py::object>(text(name));
    if (!key || !internal::put(dict.ptr(), key.ptr(), to_python(v))) return nullptr;
  }
  return dict.release().ptr();
}

/// What python_inputs has made of it.
PyObject* of_outside(const puff::graphql::outside_value& v) {
  if (!v.parsed) return to_python(v.raw);
  return Py_NewRef(static_cast<PyObject*>(const_cast<void*>(v.parsed.get())));
}

PyObject* list_of_cells(const column& items, cell::range range) {
  auto* list = PyList_New(range.end - range.begin);
  for (auto i = range.begin; list && i < range.end; ++i) {
    auto* item = to_python(items.at(i), items);
    if (!item) Py_CLEAR(list);
    if (list) PyList_SET_ITEM(list, i - range.begin, item);
  }
  return list;
}

PyObject* dict_of_row(const puff::graphql::row_set& rows, std::uint32_t row) {
  auto dict = py::reinterpret_steal<py::object>(PyDict_New());
  if (!dict) return nullptr;
  for (const auto name : rows.names()) {
    const auto values = rows.find(name);
    auto key = py::reinterpret_steal<py::object>(text(name));
    if (!key || !internal::put(dict.ptr(), key.ptr(), to_python(values->at(row), *values)))
      return nullptr;
  }
  return dict.release().ptr();
}

/// Functions of the package's Python side, imported once; they live as long as the interpreter.
struct python_side {
  PyObject* text_of_special = nullptr;
  PyObject* parse_json = nullptr;
};
python_side functions;

bool import_functions() {
  if (functions.text_of_special) return true;
  auto module = py::reinterpret_steal<py::object>(PyImport_ImportModule("puff.graphql._leaves"));
  if (!module) return false;
  functions.parse_json = PyObject_GetAttrString(module.ptr(), "parse_json");
  functions.text_of_special = PyObject_GetAttrString(module.ptr(), "text_of");
  return functions.text_of_special && functions.parse_json;
}

class json_of_python {
 public:
  explicit json_of_python(std::string& out) : out_(out) {}

  bool add(PyObject* v) {
    if (v == Py_None) return put("null");
    if (v == Py_True) return put("true");
    if (v == Py_False) return put("false");
    if (PyUnicode_CheckExact(v)) return add_text(v);
    if (PyLong_CheckExact(v)) return add_repr(v);
    if (PyFloat_CheckExact(v)) return add_real(v);
    if (++depth_ > deepest) return fail("nested too deeply, or within itself");
    const bool done = add_other(v);
    --depth_;
    return done;
  }

 private:
  bool put(std::string_view what) {
    out_ += what;
    return true;
  }
  static bool fail(const char* why) {
    PyErr_SetString(PyExc_ValueError, why);
    return false;
  }

  bool add_text(PyObject* v) {
    std::string_view utf8;
    if (!text_of(v, utf8)) return fail("a text with a lone surrogate");
    out_ += puff::graphql::quoted(utf8);
    return true;
  }

  bool add_repr(PyObject* v) {
    auto digits = py::reinterpret_steal<py::object>(PyLong_Type.tp_repr(v));
    std::string_view utf8;
    return digits && text_of(digits.ptr(), utf8) && put(utf8);
  }

  bool add_real(PyObject* v) {
    if (!std::isfinite(PyFloat_AS_DOUBLE(v))) return fail("JSON has no infinity and no NaN");
    auto digits = py::reinterpret_steal<py::object>(PyFloat_Type.tp_repr(v));
    std::string_view utf8;
    return digits && text_of(digits.ptr(), utf8) && put(utf8);
  }

  bool add_other(PyObject* v) {
    if (PyDict_Check(v)) return add_dict(v);
    if (PyList_Check(v) || PyTuple_Check(v)) return add_items(v);
    bool known = false;
    auto special = py::reinterpret_steal<py::object>(special_text(v, known));
    if (!special) {
      if (!PyErr_Occurred()) PyErr_Format(PyExc_TypeError, "%s has no JSON", shown(v).c_str());
      return false;
    }
    if (known) return add_text(special.ptr());
    return add(special.ptr());
  }

  bool add_items(PyObject* v) {
    out_ += '[';
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(v); ++i) {
      if (i) out_ += ',';
      auto item = py::reinterpret_borrow<py::object>(PySequence_Fast_GET_ITEM(v, i));
      if (!add(item.ptr())) return false;
    }
    return put("]");
  }

  bool add_dict(PyObject* v) {
    out_ += '{';
    auto items = py::reinterpret_steal<py::object>(PyDict_Items(v));
    for (Py_ssize_t i = 0; items && i < PyList_GET_SIZE(items.ptr()); ++i) {
      auto* pair = PyList_GET_ITEM(items.ptr(), i);
      if (i) out_ += ',';
      auto key = py::reinterpret_steal<py::object>(PyObject_Str(PyTuple_GET_ITEM(pair, 0)));
      if (!key || !add_text(key.ptr())) return false;
      out_ += ':';
      if (!add(PyTuple_GET_ITEM(pair, 1))) return false;
    }
    return items && put("}");
  }

  std::string& out_;
  int depth_ = 0;
};

}  // namespace

bool text_of(PyObject* str, std::string_view& out) {
  Py_ssize_t size = 0;
  const char* data = PyUnicode_AsUTF8AndSize(str, &size);
  if (data)
    out = {data, static_cast<std::size_t>(size)};
  else
    PyErr_Clear();
  return data != nullptr;
}

PyObject* to_python(const value& v) {
  switch (v.what()) {
    case value::kind::boolean: return PyBool_FromLong(v.boolean());
    case value::kind::integer: return PyLong_FromLongLong(v.integer());
    case value::kind::real: return PyFloat_FromDouble(v.real());
    case value::kind::text: return text(v.text());
    case value::kind::enumeration: return text(v.enumeration());
    case value::kind::list:
      return list_of(v.list(), [](const value& item) { return to_python(item); });
    case value::kind::object: return dict_of(v.object());
    case value::kind::outside: return of_outside(*v.outside());
    case value::kind::null:
    case value::kind::failure: break;
  }
  Py_RETURN_NONE;
}

PyObject* to_python(const cell& c, const column& of) {
  switch (c.what) {
    case cell::kind::boolean: return PyBool_FromLong(c.boolean_);
    case cell::kind::integer: return PyLong_FromLongLong(c.integer_);
    case cell::kind::real: return PyFloat_FromDouble(c.real_);
    case cell::kind::text:
    case cell::kind::opaque: return text(c.text());
    case cell::kind::json: {
      auto json = py::reinterpret_steal<py::object>(text(c.text()));
      return json ? PyObject_CallOneArg(functions.parse_json, json.ptr()) : nullptr;
    }
    case cell::kind::list: return list_of_cells(*of.items(), c.list_);
    case cell::kind::object: return dict_of_row(*of.objects(), c.row_);
    case cell::kind::null:
    case cell::kind::failure: break;
  }
  Py_RETURN_NONE;
}

PyObject* to_list(const column& values) {
  return list_of_cells(values, {0, static_cast<std::uint32_t>(values.size())});
}

bool append_json(std::string& out, PyObject* v) { return json_of_python{out}.add(v); }

PyObject* special_text(PyObject* v, bool& known) {
  auto* made = PyObject_CallOneArg(functions.text_of_special, v);
  if (made == Py_NotImplemented) Py_CLEAR(made);
  known = made && PyUnicode_Check(made);
  return made;
}

std::string shown(PyObject* v) {
  constexpr Py_ssize_t longest = 100;
  auto repr = py::reinterpret_steal<py::object>(PyObject_Repr(v));
  auto start = py::reinterpret_steal<py::object>(repr ? PyUnicode_Substring(repr.ptr(), 0, longest)
                                                      : nullptr);
  std::string_view utf8;
  if (!start || !text_of(start.ptr(), utf8)) {
    PyErr_Clear();
    return std::string{"a "} + Py_TYPE(v)->tp_name;
  }
  return PyUnicode_GET_LENGTH(repr.ptr()) > longest ? std::string{utf8} + "..." : std::string{utf8};
}

bool prepare_values() { return import_functions(); }

}  // namespace puff::bridge::graphql
