#include "bridge/postgres/binary_rows.hpp"

#include <algorithm>
#include <vector>

#include "bridge/internal/arguments.hpp"
#include "bridge/postgres/binary_values.hpp"
#include "bridge/postgres/collector_pause.hpp"
#include "bridge/postgres/record.hpp"
#include "bridge/postgres/result_object.hpp"
#include "services/postgres/result_view.hpp"

namespace puff::bridge::postgres {
namespace {

using puff::postgres::result_view;

/// A result with the decoder of each of its columns.
struct decoded_result {
  result_view view;
  std::vector<binary_decoder> decoders;

  /// Sets one value of `row` for each column; false with an exception.
  bool fill(int row, PyObject** values) const {
    int column = 0;
    for (auto* decode : decoders) {
      const auto bytes = view.value(row, column);
      const bool is_null = bytes.empty() && view.is_null(row, column);
      ++column;
      if (!(*values++ = is_null ? Py_NewRef(Py_None) : decode(bytes))) return false;
    }
    return true;
  }
};

enum class forms { any, binary };

/// False if a column has no decoder, or if only binary ones are taken and it is in text form.
bool find_decoders(decoded_result& result, forms taken) {
  const auto columns = result.view.columns();
  result.decoders.reserve(static_cast<std::size_t>(columns));
  for (int i = 0; i < columns; ++i) {
    auto found = find_binary_decoder(result.view.column_type(i));
    if (!found || (taken == forms::binary && !result.view.column_is_binary(i))) return false;
    result.decoders.push_back(found);
  }
  return true;
}

/// A list of what `make(row)` gives for the first `rows`; null with an exception.
template <class Make>
PyObject* list_of(int rows, Make make) {
  const collector_pause pause{rows > 100};
  auto* list = PyList_New(rows);
  for (int i = 0; list && i < rows; ++i) {
    auto* row = make(i);
    if (!row)
      Py_CLEAR(list);
    else
      PyList_SET_ITEM(list, i, row);
  }
  return list;
}

PyObject* tuple_of(const decoded_result& result, int row) {
  auto* tuple = PyTuple_New(static_cast<Py_ssize_t>(result.decoders.size()));
  if (tuple && !result.fill(row, reinterpret_cast<PyTupleObject*>(tuple)->ob_item)) Py_CLEAR(tuple);
  return tuple;
}

PyObject* record_of(const record_shape& shape, const decoded_result& result, int row) {
  auto* made = shape.make();
  if (!made) return nullptr;
  if (result.fill(row, values_of_record(made)))
    finish_record(made);
  else
    Py_CLEAR(made);
  return made;
}

PyObject* record_of(const record_shape& shape, PyObject* tuple) {
  auto* made = shape.make();
  if (!made) return nullptr;
  auto** values = values_of_record(made);
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple); ++i)
    values[i] = Py_NewRef(PyTuple_GET_ITEM(tuple, i));
  finish_record(made);
  return made;
}

/// What `make(result, rows)` gives of a PgResult in binary form; else None.
template <class Make>
PyObject* decoded(const char* caller, PyObject* const* args, Py_ssize_t count, Make make) {
  if (!internal::has_arguments(caller, count, 2)) return nullptr;
  const auto* known = result_of(args[0]);
  const long most = known ? PyLong_AsLong(args[1]) : 0;
  if (!known || PyErr_Occurred()) return nullptr;
  decoded_result result{result_view{known}, {}};
  if (!find_decoders(result, forms::binary)) Py_RETURN_NONE;
  return make(result, static_cast<int>(std::clamp<long>(most, 0, result.view.rows())));
}

bool fit(PyObject* rows, int columns) {
  bool good = PyList_Check(rows);
  for (Py_ssize_t i = 0; good && i < PyList_GET_SIZE(rows); ++i) {
    auto* row = PyList_GET_ITEM(rows, i);
    good = PyTuple_Check(row) && PyTuple_GET_SIZE(row) == columns;
  }
  if (!good) PyErr_SetString(PyExc_TypeError, "pg_records() needs a list of tuples that fit");
  return good;
}

}  // namespace

PyObject* binary_rows(PyObject*, PyObject* const* args, Py_ssize_t count) {
  return decoded("pg_binary_rows", args, count, [](const decoded_result& result, int rows) {
    return list_of(rows, [&](int row) { return tuple_of(result, row); });
  });
}

PyObject* binary_records(PyObject*, PyObject* const* args, Py_ssize_t count) {
  return decoded("pg_binary_records", args, count,
                 [](const decoded_result& result, int rows) -> PyObject* {
                   const record_shape shape{result.view};
                   if (!shape) return nullptr;
                   return list_of(rows, [&](int row) { return record_of(shape, result, row); });
                 });
}

PyObject* make_records(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!internal::has_arguments("pg_records", count, 2)) return nullptr;
  const auto* known = result_of(args[0]);
  if (!known) return nullptr;
  const result_view view{known};
  const record_shape shape{view};
  if (!shape || !fit(args[1], view.columns())) return nullptr;
  return list_of(static_cast<int>(PyList_GET_SIZE(args[1])),
                 [&](int row) { return record_of(shape, PyList_GET_ITEM(args[1], row)); });
}

PyObject* could_be_binary(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!internal::has_arguments("pg_is_binary", count, 1)) return nullptr;
  const auto* known = result_of(args[0]);
  if (!known) return nullptr;
  decoded_result result{result_view{known}, {}};
  return PyBool_FromLong(find_decoders(result, forms::any));
}

}  // namespace puff::bridge::postgres
