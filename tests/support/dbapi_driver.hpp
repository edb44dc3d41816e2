#pragma once

#include <gtest/gtest.h>
#include <pybind11/pybind11.h>

#include <string>

#include "bridge/bindings.hpp"
#include "bridge/postgres/value_types.hpp"

namespace puff::tests {

/// A Python with the C++ part of puff.postgres as module `m`; one for all tests of a program.
class dbapi_driver : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    static PyModuleDef definition = {
        PyModuleDef_HEAD_INIT, "m", nullptr, -1, nullptr, nullptr, nullptr, nullptr, nullptr};
    if (Py_IsInitialized()) return;
    Py_InitializeEx(0);
    auto* module = PyModule_Create(&definition);
    ASSERT_TRUE(module && bridge::bind_postgres_dbapi(module) &&
                bridge::postgres::prepare_value_types())
        << error_text();
    globals = PyModule_GetDict(PyImport_AddModule("__main__"));
    PyDict_SetItemString(globals, "m", module);
    run("import datetime, decimal; cast = lambda kind, text: m.pg_typecasts[kind](text, None)");
  }

  static std::string error_text() {
    PyObject *type = nullptr, *value = nullptr, *trace = nullptr;
    PyErr_Fetch(&type, &value, &trace);
    auto* text = value ? PyObject_Str(value) : nullptr;
    std::string said = text ? PyUnicode_AsUTF8(text) : "no error";
    Py_XDECREF(text);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(trace);
    return "error: " + said;
  }

  static void run(const char* code) {
    auto* done = PyRun_String(code, Py_file_input, globals, globals);
    ASSERT_TRUE(done) << error_text();
    Py_DECREF(done);
  }

  /// repr() of an expression, or "error: " and its text.
  static std::string repr(const std::string& expression) {
    auto* value = PyRun_String(expression.c_str(), Py_eval_input, globals, globals);
    if (!value) return error_text();
    auto* text = PyObject_Repr(value);
    std::string said = text ? PyUnicode_AsUTF8(text) : error_text();
    Py_XDECREF(text);
    Py_DECREF(value);
    return said;
  }

  static inline PyObject* globals = nullptr;
};

}  // namespace puff::tests
