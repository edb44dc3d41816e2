#pragma once

#include <pybind11/pybind11.h>

#include "services/postgres/result_view.hpp"

namespace puff::bridge::postgres {

/// A row with names, `Record` in Python: r[0], r["name"], r[1:], len, iteration over the values,
/// keys(), values(), items(), get(). It is equal to a tuple of its values. One allocation: the
/// names are those of its shape.

/// What the records of a result have in common. Under the GIL.
class record_shape {
 public:
  explicit record_shape(puff::postgres::result_view view);
  ~record_shape();
  record_shape(const record_shape&) = delete;
  record_shape& operator=(const record_shape&) = delete;

  /// False with an exception: it cannot make records.
  explicit operator bool() const noexcept { return places_ != nullptr; }
  /// A record whose values are null: before Python sees it, all are to be set by `values_of_record`
  /// and `finish_record` called. Null with an exception.
  PyObject* make() const;

 private:
  PyObject *names_, *places_;
};

/// The values of a record, one for each name.
PyObject** values_of_record(PyObject* made);

/// Shows the record to the garbage collector if it can be part of a cycle.
void finish_record(PyObject* made);

/// Adds the type Record. Once, at import.
bool add_record_type(PyObject* module);

}  // namespace puff::bridge::postgres
