#include "bridge/postgres/dbapi_names.hpp"

#include <initializer_list>
#include <utility>

#include "bridge/postgres/value_types.hpp"

namespace puff::bridge::postgres {

dbapi_names& names() {
  static dbapi_names the_names;
  return the_names;
}

bool prepare_names() {
  auto& n = names();
  for (auto [slot, text] : std::initializer_list<std::pair<PyObject**, const char*>>{
           {&n.codec, "_codec"},
           {&n.tzinfo_factory, "tzinfo_factory"},
           {&n.connection, "connection"},
           {&n.as_string, "as_string"},
           {&n.cursor, "cursor"},
           {&n.closed, "_closed"},
           {&n.cast, "_cast"},
           {&n.row_factory, "row_factory"},
           {&n.fetch_first, "_fetch_first"},
           {&n.ahead, "_ahead"},
           {&n.check_usable, "_check_usable"}})
    if (!(*slot = PyUnicode_InternFromString(text))) return false;
  for (auto* slot :
       {&n.data_error, &n.interface_error, &n.programming_error, &n.not_supported_error})
    *slot = Py_NewRef(PyExc_RuntimeError);
  return true;
}

PyObject* use_names(PyObject*, PyObject* args, PyObject* keywords) {
  static const char* keys[] = {
      "data_error", "interface_error", "programming_error", "not_supported_error", "adapters",
      "defaults",   "quoted",          "composable",        "check_may_wait",      nullptr};
  dbapi_names given;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "OOOOO!O!OOO:pg_use", const_cast<char**>(keys),
                                   &given.data_error, &given.interface_error,
                                   &given.programming_error, &given.not_supported_error,
                                   &PyDict_Type, &given.adapters, &PyDict_Type, &given.defaults,
                                   &given.quoted, &given.composable, &given.check_may_wait) ||
      !prepare_value_types())
    return nullptr;
  auto& n = names();
  for (auto [slot, value] : std::initializer_list<std::pair<PyObject**, PyObject*>>{
           {&n.data_error, given.data_error},
           {&n.interface_error, given.interface_error},
           {&n.programming_error, given.programming_error},
           {&n.not_supported_error, given.not_supported_error},
           {&n.adapters, given.adapters},
           {&n.defaults, given.defaults},
           {&n.quoted, given.quoted},
           {&n.composable, given.composable},
           {&n.check_may_wait, given.check_may_wait}})
    Py_XSETREF(*slot, Py_NewRef(value));
  Py_RETURN_NONE;
}

}  // namespace puff::bridge::postgres
