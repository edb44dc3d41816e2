#include "bridge/graphql/columns.hpp"

#include "bridge/graphql/values.hpp"
#include "services/graphql/execute/resolver.hpp"
#include "services/graphql/values/column_builder.hpp"

namespace py = pybind11;

namespace puff::bridge::graphql {
namespace {

using namespace puff::graphql;

bool is_texty(PyObject* v) {
  return PyUnicode_Check(v) || PyBytes_Check(v) || PyDict_Check(v) || PyByteArray_Check(v);
}

/// Rows whose columns were read from Python objects.
class python_rows final : public row_set {
 public:
  python_rows(std::size_t size, std::vector<std::string> types)
      : size_(size), types_(std::move(types)) {}

  void add(std::string name, column_ptr values) {
    columns_.emplace_back(std::move(name), std::move(values));
  }

  std::size_t size() const noexcept override { return size_; }
  column_ptr find(std::string_view name) const override {
    for (const auto& [key, values] : columns_)
      if (key == name) return values;
    return nullptr;
  }
  std::vector<std::string_view> names() const override {
    std::vector<std::string_view> out;
    for (const auto& [key, values] : columns_)
      if (key != self_column) out.emplace_back(key);
    return out;
  }
  std::string_view type_name(std::size_t row) const override {
    return types_.empty() ? std::string_view{} : types_[row];
  }

 private:
  std::size_t size_;
  std::vector<std::string> types_;
  std::vector<std::pair<std::string, column_ptr>> columns_;
};

}  // namespace

/// The cells of one column, and what lies below them.
class column_reader::maker {
 public:
  maker(const column_reader& reader, const selections& selected)
      : reader_(reader), selected_(selected) {}

  void reserve(std::size_t rows) { out_.reserve(rows); }

  void add(PyObject* v, const type_ref& type) {
    ++count_;
    if (v == Py_None) return out_.null();
    const auto t = type.nullable();
    if (t.is_list() && !is_texty(v)) return add_list(v, t.inner());
    if (PyExceptionInstance_Check(v)) return out_.failure(failure_of(v, reader_.title_));
    if (t.is_named() && t.named().is_composite() && is_object(v)) return add_object(v, t);
    add_leaf(v, t.named());
  }

  void fail(field_failure why) {
    ++count_;
    out_.failure(std::move(why));
  }

  column_builder finish() {
    if (items_) out_.items() = items_->finish();
    if (!objects_.empty()) out_.objects(reader_.rows(objects_, type_, selected_, {}));
    kept_.clear();
    return std::move(out_);
  }

 private:
  static bool is_object(PyObject* v) {
    return !PyUnicode_Check(v) && !PyLong_Check(v) && !PyFloat_Check(v) && !PyBytes_Check(v) &&
           !PyList_Check(v) && !PyTuple_Check(v);
  }

  void add_object(PyObject* v, const type_ref& type) {
    type_ = type;
    out_.object(static_cast<std::uint32_t>(objects_.size()));
    objects_.push_back(v);
    kept_.push_back(py::reinterpret_borrow<py::object>(v));
  }

  void add_list(PyObject* v, const type_ref& item) {
    auto items = py::reinterpret_steal<py::object>(
        PyList_CheckExact(v) || PyTuple_CheckExact(v) ? Py_NewRef(v) : list_of(v));
    if (!items) return out_.failure(take_failure(reader_.title_));
    if (items.ptr() == Py_NotImplemented) return add_leaf(v, item.named());
    if (!items_) items_ = std::make_unique<maker>(reader_, selected_);
    const auto begin = items_->count_;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(items.ptr()); ++i) {
      auto one = py::reinterpret_borrow<py::object>(PySequence_Fast_GET_ITEM(items.ptr(), i));
      items_->add(one.ptr(), item);
    }
    out_.list({begin, items_->count_});
  }

  /// Any iterable as a list; NotImplemented if it is none.
  static PyObject* list_of(PyObject* v) {
    if (PyExceptionInstance_Check(v)) return Py_NewRef(Py_NotImplemented);
    auto* iterator = PyObject_GetIter(v);
    if (!iterator && PyErr_ExceptionMatches(PyExc_TypeError)) {
      PyErr_Clear();
      return Py_NewRef(Py_NotImplemented);
    }
    if (!iterator) return nullptr;
    auto* list = PySequence_List(iterator);
    Py_DECREF(iterator);
    return list;
  }

  void add_leaf(PyObject* v, const named_type& type) {
    if (auto* function = reader_.names_.serializer_of(type.name)) {
      auto made = py::reinterpret_steal<py::object>(PyObject_CallOneArg(function, v));
      if (!made) return out_.failure(take_failure(reader_.title_));
      return add_plain(made.ptr(), type);
    }
    add_plain(v, type);
  }

  void add_plain(PyObject* v, const named_type& type) {
    std::string_view utf8;
    if (PyUnicode_CheckExact(v) && text_of(v, utf8)) return out_.text(utf8);
    if (PyBool_Check(v)) return out_.boolean(v == Py_True);
    if (PyLong_CheckExact(v)) return add_integer(v);
    if (PyFloat_CheckExact(v)) return out_.real(PyFloat_AS_DOUBLE(v));
    if (v == Py_None) return out_.null();
    add_special(v, type);
  }

  void add_integer(PyObject* v) {
    int overflow = 0;
    const auto number = PyLong_AsLongLongAndOverflow(v, &overflow);
    if (overflow == 0) return out_.integer(number);
    std::string digits;
    if (append_json(digits, v)) return out_.json(digits);
    out_.failure(take_failure(reader_.title_));
  }

  void add_special(PyObject* v, const named_type& type) {
    bool known = false;
    std::string_view utf8;
    auto made = py::reinterpret_steal<py::object>(special_text(v, known));
    if (!made && PyErr_Occurred()) return out_.failure(take_failure(reader_.title_));
    if (known && text_of(made.ptr(), utf8)) return out_.text(utf8);
    auto* plain = made ? made.ptr() : v;
    if (made && (PyLong_CheckExact(plain) || PyFloat_CheckExact(plain)))
      return add_plain(plain, type);
    const bool any = type.kind == type_kind::scalar && type.builtin == builtin_scalar::other;
    if (!any) return out_.opaque(shown(v));
    std::string json;
    if (append_json(json, plain)) return out_.json(json);
    out_.failure(take_failure(reader_.title_));
  }

  const column_reader& reader_;
  const selections& selected_;
  column_builder out_;
  std::uint32_t count_ = 0;
  type_ref type_;
  std::unique_ptr<maker> items_;
  std::vector<PyObject*> objects_;
  std::vector<py::object> kept_;
};

struct column_reader::wanted {
  struct one {
    std::string name;
    type_ref type;  ///< of a field that is read from it; none: some leaf
    selections selected;
  };
  std::vector<one> columns;

  one& add(const std::string& name) {
    for (auto& known : columns)
      if (known.name == name) return known;
    return columns.emplace_back(one{name, {}, {}});
  }
};

column_reader::wanted column_reader::columns_of(const selections& selected) const {
  wanted out;
  for (const auto* field : selected)
    for (const auto& [type, layer] : field->children) {
      for (const auto& name : layer->required_columns) out.add(name);
      for (const auto& f : layer->fields) {
        const auto* read = f.binding ? std::get_if<from_column>(f.binding) : nullptr;
        if (!read) continue;
        auto& column = out.add(read->name.empty() ? f.definition->name : read->name);
        column.type = f.definition->type;
        column.selected.push_back(&f);
      }
    }
  return out;
}

column_ptr column_reader::read(const std::vector<PyObject*>& values, const type_ref& type,
                               const selections& selected) const {
  maker made{*this, selected};
  made.reserve(values.size());
  for (auto* v : values) made.add(v, type);
  return std::move(made.finish()).build();
}

namespace {

/// A column of addresses, which keeps the objects alive.
column_ptr objects_column(const std::vector<PyObject*>& objects) {
  auto list = kept_object::steal(PyList_New(0));
  column_builder out;
  for (auto* object : objects) {
    if (!list || PyList_Append(list.get(), object) != 0) PyErr_Clear();
    out.integer(static_cast<std::int64_t>(reinterpret_cast<std::intptr_t>(object)));
  }
  out.keep(list.share());
  return std::move(out).build();
}

/// The value of an attribute, or of a key; null without an exception: a dict that lacks it.
PyObject* value_of(PyObject* object, PyObject* attribute, const std::string& column) {
  if (!PyDict_Check(object)) return PyObject_GetAttr(object, attribute);
  auto* found = PyDict_GetItemWithError(object, attribute);
  if (!found && !PyErr_Occurred()) found = PyDict_GetItemString(object, column.c_str());
  return Py_XNewRef(found);
}

}  // namespace

column_ptr column_reader::attribute_column(const std::vector<PyObject*>& objects,
                                           const std::vector<std::string>& types,
                                           const std::string& column, const type_ref& type,
                                           const selections& selected) const {
  maker made{*this, selected};
  made.reserve(objects.size());
  std::string_view known_type;
  py::object attribute;
  bool any = !selected.empty();
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const std::string_view its_type = types.size() == 1 ? types[0] : types[i];
    if (!attribute || its_type != known_type) {
      attribute = py::reinterpret_steal<py::object>(names_.attribute_of(its_type, column));
      known_type = its_type;
    }
    auto v = py::reinterpret_steal<py::object>(value_of(objects[i], attribute.ptr(), column));
    any = any || v;
    if (v)
      made.add(v.ptr(), type);
    else if (!PyErr_Occurred())
      made.add(Py_None, type);
    else if (selected.empty() && PyErr_ExceptionMatches(PyExc_AttributeError))
      PyErr_Clear(), made.add(Py_None, type);  // only perhaps needed
    else
      made.fail(take_failure(title_));
  }
  // What nobody has is not there: whoever needs it says so.
  return any ? std::move(made.finish()).build() : nullptr;
}

row_set_ptr column_reader::rows(const std::vector<PyObject*>& objects, const type_ref& type,
                                const selections& selected,
                                const std::vector<std::string>& further) const {
  static const named_type any;  // a scalar
  auto columns = columns_of(selected);
  for (const auto& name : further) columns.add(name);
  std::vector<std::string> types;
  const auto& named = type.named();
  if (named.is_abstract())
    for (auto* object : objects) types.push_back(names_.type_of(object, named.name));
  auto out = std::make_shared<python_rows>(objects.size(), types);
  if (types.empty()) types.push_back(named.name);
  for (const auto& column : columns.columns) {
    if (column.name == self_column) {
      out->add(column.name, objects_column(objects));
      continue;
    }
    const auto its_type = column.type ? column.type : type_ref{&any};
    if (auto values = attribute_column(objects, types, column.name, its_type, column.selected))
      out->add(column.name, std::move(values));
  }
  return out;
}

}  // namespace puff::bridge::graphql
