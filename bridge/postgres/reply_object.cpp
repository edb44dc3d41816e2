#include "bridge/postgres/reply_object.hpp"

#include <structmember.h>

#include "bridge/internal/objects.hpp"
#include "bridge/postgres/result_object.hpp"

namespace puff::bridge::postgres {
namespace {

struct reply_object {
  PyObject_HEAD PyObject* results;
  PyObject* data;
  PyObject* notices;
  PyObject* notifications;
  int transaction;
  int encoding;
  char more;
  char standard_strings;
};

PyTypeObject* reply_type = nullptr;  // lives as long as the interpreter

PyObject* text_object(const std::string& text) {
  return PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "surrogateescape");
}

PyObject* list_of(std::vector<sql_result>& results) {
  auto* list = PyList_New(static_cast<Py_ssize_t>(results.size()));
  if (!list) return nullptr;
  for (std::size_t i = 0; i < results.size(); ++i) {
    auto* result = new_result_object(std::move(results[i]));
    if (!result) {
      Py_DECREF(list);
      return nullptr;
    }
    PyList_SET_ITEM(list, static_cast<Py_ssize_t>(i), result);
  }
  return list;
}

PyObject* list_of(const std::vector<sql_notification>& notifications) {
  auto* list = PyList_New(static_cast<Py_ssize_t>(notifications.size()));
  if (!list) return nullptr;
  for (std::size_t i = 0; i < notifications.size(); ++i) {
    const auto& n = notifications[i];
    auto* one =
        Py_BuildValue("(iNN)", n.backend_pid, text_object(n.channel), text_object(n.payload));
    if (!one) {
      Py_DECREF(list);
      return nullptr;
    }
    PyList_SET_ITEM(list, static_cast<Py_ssize_t>(i), one);
  }
  return list;
}

void deallocate(PyObject* object) {
  auto& self = *reinterpret_cast<reply_object*>(object);
  Py_XDECREF(self.results);
  Py_XDECREF(self.data);
  Py_XDECREF(self.notices);
  Py_XDECREF(self.notifications);
  auto* type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

PyMemberDef members[] = {
    {"results", T_OBJECT_EX, offsetof(reply_object, results), READONLY,
     "the statements' results in order; the last may be an error"},
    {"data", T_OBJECT_EX, offsetof(reply_object, data), READONLY, "whole rows of a COPY TO"},
    {"notices", T_OBJECT_EX, offsetof(reply_object, notices), READONLY, "results of kind error"},
    {"notifications", T_OBJECT_EX, offsetof(reply_object, notifications), READONLY,
     "(pid, channel, payload) of each NOTIFY"},
    {"transaction", T_INT, offsetof(reply_object, transaction), READONLY,
     "0 idle, 1 active, 2 open, 3 failed, 4 unknown"},
    {"encoding", T_INT, offsetof(reply_object, encoding), READONLY,
     "libpq's number of the client_encoding"},
    {"more", T_BOOL, offsetof(reply_object, more), READONLY,
     "a stream or COPY has not ended: call next()"},
    {"standard_strings", T_BOOL, offsetof(reply_object, standard_strings), READONLY,
     "standard_conforming_strings is on"},
    {nullptr, 0, 0, 0, nullptr}};

}  // namespace

PyObject* new_reply_object(sql_reply reply) {
  auto* object = reply_type->tp_alloc(reply_type, 0);
  if (!object) return nullptr;
  auto& self = *reinterpret_cast<reply_object*>(object);
  self.transaction = static_cast<int>(reply.transaction);
  self.encoding = reply.client_encoding;
  self.more = reply.more;
  self.standard_strings = reply.standard_strings;
  self.results = list_of(reply.results);
  self.data =
      PyBytes_FromStringAndSize(reply.data.data(), static_cast<Py_ssize_t>(reply.data.size()));
  self.notices = list_of(reply.notices);
  self.notifications = list_of(reply.notifications);
  if (self.results && self.data && self.notices && self.notifications) return object;
  Py_DECREF(object);
  return nullptr;
}

PyObject* new_text_dict(const std::map<std::string, std::string>& texts) {
  auto* dict = PyDict_New();
  if (!dict) return nullptr;
  for (const auto& [name, value] : texts) {
    auto* key = text_object(name);
    const bool put = key && internal::put(dict, key, text_object(value));
    Py_XDECREF(key);
    if (put) continue;
    Py_DECREF(dict);
    return nullptr;
  }
  return dict;
}

PyObject* new_description(const sql_session& s) {
  return Py_BuildValue(
      "{s:K,s:i,s:i,s:i,s:N,s:N,s:N,s:N,s:N,s:N,s:i}", "id", static_cast<unsigned long long>(s.id),
      "backend_pid", s.backend_pid, "server_version", s.server_version, "protocol_version",
      s.protocol_version, "uses_tls", PyBool_FromLong(s.uses_tls), "needs_password",
      PyBool_FromLong(s.needs_password), "used_password", PyBool_FromLong(s.used_password),
      "parameters", new_text_dict(s.parameters), "connection", new_text_dict(s.connection), "tls",
      new_text_dict(s.tls), "transaction", static_cast<int>(s.transaction));
}

bool add_reply_type(PyObject* module) {
  static PyType_Slot slots[] = {
      {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
      {Py_tp_members, members},
      {Py_tp_doc, const_cast<char*>("What a request of a PgSession was answered.")},
      {0, nullptr}};
  static PyType_Spec spec{"puff._puff.PgReply", sizeof(reply_object), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  reply_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  return reply_type &&
         PyModule_AddObjectRef(module, "PgReply", reinterpret_cast<PyObject*>(reply_type)) == 0;
}

}  // namespace puff::bridge::postgres
