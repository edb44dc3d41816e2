#include "bridge/graphql/schema_objects.hpp"

#include "bridge/graphql/values.hpp"
#include "bridge/report.hpp"

namespace py = pybind11;

namespace puff::bridge::graphql {
namespace {

std::string key_of(std::string_view type, std::string_view column) {
  return std::string{type} + '.' + std::string{column};
}

PyObject* interned(std::string_view name) {
  auto* text = PyUnicode_FromStringAndSize(name.data(), static_cast<Py_ssize_t>(name.size()));
  if (text) PyUnicode_InternInPlace(&text);
  return text;
}

std::string name_in(PyObject* object) {
  std::string_view name;
  return object && PyUnicode_Check(object) && text_of(object, name) ? std::string{name}
                                                                    : std::string{};
}

}  // namespace

void schema_objects::add_column(std::string_view type, std::string column, PyObject* attribute) {
  attributes_[key_of(type, column)] = kept_object::steal(interned(name_in(attribute)));
}

void schema_objects::add_class(PyObject* python_class, std::string type) {
  if (!PyType_Check(python_class)) return;
  classes_.push_back(kept_object::borrow(python_class));
  types_.emplace(reinterpret_cast<PyTypeObject*>(python_class), std::move(type));
}

void schema_objects::add_serializer(std::string scalar, PyObject* function) {
  serializers_[std::move(scalar)] = kept_object::borrow(function);
}

void schema_objects::set_type_resolver(std::string type, PyObject* function) {
  resolvers_[std::move(type)] = kept_object::borrow(function);
}

PyObject* schema_objects::attribute_of(std::string_view type, std::string_view column) const {
  const auto found = attributes_.find(key_of(type, column));
  return found == attributes_.end() ? interned(column) : Py_NewRef(found->second.get());
}

std::string schema_objects::resolved(PyObject* object, PyObject* function) const {
  auto name = py::reinterpret_steal<py::object>(PyObject_CallOneArg(function, object));
  if (!name) {
    report_exception("resolve_type of GraphQL");
    return {};
  }
  if (!PyType_Check(name.ptr())) return name_in(name.ptr());
  const auto found = types_.find(reinterpret_cast<PyTypeObject*>(name.ptr()));
  return found == types_.end() ? std::string{} : found->second;
}

std::string schema_objects::type_of(PyObject* object, std::string_view abstract_type) const {
  if (const auto own = resolvers_.find(std::string{abstract_type}); own != resolvers_.end())
    return resolved(object, own->second.get());
  if (PyDict_Check(object)) return name_in(PyDict_GetItemString(object, "__typename"));
  auto* bases = Py_TYPE(object)->tp_mro;
  for (Py_ssize_t i = 0; bases && i < PyTuple_GET_SIZE(bases); ++i) {
    const auto found = types_.find(reinterpret_cast<PyTypeObject*>(PyTuple_GET_ITEM(bases, i)));
    if (found != types_.end()) return found->second;
  }
  return {};
}

PyObject* schema_objects::serializer_of(std::string_view scalar) const noexcept {
  if (serializers_.empty()) return nullptr;
  const auto found = serializers_.find(std::string{scalar});
  return found == serializers_.end() ? nullptr : found->second.get();
}

}  // namespace puff::bridge::graphql
