#include "bridge/postgres/failure.hpp"

namespace puff::bridge::postgres {
namespace {

PyObject* failure_type = nullptr;  // lives as long as the interpreter

PyObject* text_object(std::string_view text) {
  return PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace");
}

bool describe_exception(PyObject* exception, PyObject* code, PyObject* text) {
  return PyObject_SetAttrString(exception, "code", code) == 0 &&
         PyObject_SetAttrString(exception, "text", text) == 0;
}

}  // namespace

void raise_failure(const error& why) {
  const auto& row = row_of(code_of(why));
  auto context = context_of(why);
  auto* code = text_object(row.name);
  auto* text = text_object(context.empty() ? row.text : std::string_view{context});
  auto* exception =
      code && text ? PyObject_CallFunctionObjArgs(failure_type, code, text, nullptr) : nullptr;
  if (exception && describe_exception(exception, code, text))
    PyErr_SetObject(failure_type, exception);
  Py_XDECREF(exception);
  Py_XDECREF(text);
  Py_XDECREF(code);
}

answer failing(error why) {
  return [why = std::move(why)]() -> PyObject* {
    raise_failure(why);
    return nullptr;
  };
}

bool add_failure_type(PyObject* module) {
  failure_type = PyErr_NewExceptionWithDoc(
      "puff._puff.PgFailure",
      "A connection to PostgreSQL, or a pool of them, failed: code is a name of Puff's table of\n"
      "errors (\"connection_lost\", \"timed_out\", ..), text is for a person.",
      nullptr, nullptr);
  return failure_type && PyModule_AddObjectRef(module, "PgFailure", failure_type) == 0;
}

}  // namespace puff::bridge::postgres
