#pragma once

#include <pybind11/pybind11.h>

#include <memory>

namespace puff::bridge::graphql {

/// A Python object that plain C++ data keeps alive: opaque to it, shared and copied without the
/// GIL. When the last copy dies, on whatever thread, the object is freed on a thread of Python's.
///
/// Unlike `reference`, it may die on an io thread and is given back all the same.
class kept_object {
 public:
  kept_object() = default;
  /// Takes over a new reference. With the GIL.
  static kept_object steal(PyObject* object);
  static kept_object borrow(PyObject* object) { return steal(Py_XNewRef(object)); }

  PyObject* get() const noexcept { return held_.get(); }
  explicit operator bool() const noexcept { return held_ != nullptr; }
  /// What a column may own.
  const std::shared_ptr<PyObject>& share() const noexcept { return held_; }

 private:
  std::shared_ptr<PyObject> held_;
};

}  // namespace puff::bridge::graphql
