#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <utility>

namespace puff::bridge {

/// A Python object that a posted function carries from one Python thread to another: shared and
/// copyable without the GIL. The last copy gives the object back when it dies with the GIL held; a
/// copy that dies without it (a mailbox thrown away at the end of the process) keeps it for ever.
class reference {
 public:
  reference() = default;
  /// Takes over a new reference.
  static reference steal(PyObject* object) { return reference{object}; }
  static reference borrow(PyObject* object) {
    Py_XINCREF(object);
    return reference{object};
  }

  PyObject* get() const noexcept { return held_ ? held_->object : nullptr; }
  /// A new reference; null if there is none.
  PyObject* share() const noexcept {
    Py_XINCREF(get());
    return get();
  }

 private:
  struct holder {
    explicit holder(PyObject* what) : object(what) {}
    holder(const holder&) = delete;
    holder& operator=(const holder&) = delete;
    ~holder() {
      if (object && Py_IsInitialized() && PyGILState_Check()) Py_DECREF(object);
    }
    PyObject* object;
  };
  explicit reference(PyObject* object)
      : held_(object ? std::make_shared<holder>(object) : nullptr) {}
  std::shared_ptr<holder> held_;
};

/// How a Python call ended: a value or an exception, kept for another thread or a later moment.
class outcome {
 public:
  /// Takes over `value`; null takes over the exception that is set.
  static outcome take(PyObject* value);
  /// Raises `exception`, an instance, in whoever asks.
  static outcome raising(PyObject* exception);

  /// A new reference to the value, or null with the exception set.
  PyObject* give() const;
  bool failed() const noexcept { return failed_; }
  /// The exception, borrowed; null if there is none.
  PyObject* exception() const noexcept { return failed_ ? held_.get() : nullptr; }

 private:
  reference held_;
  bool failed_ = false;
};

}  // namespace puff::bridge
