#include "bridge/internal/pubsub_message.hpp"

#include <memory>
#include <utility>

namespace py = pybind11;

namespace puff::bridge::internal {
namespace {

struct message_object {
  PyObject_HEAD pubsub_message_ptr what;
  PyObject* gap;  // None, or a PubSubGap
};

PyTypeObject* message_type = nullptr;  // both live as long as the interpreter
PyTypeObject* gap_type = nullptr;

const pubsub_message& message_of(PyObject* self) {
  return *reinterpret_cast<message_object*>(self)->what;
}

PyObject* text(const std::string& from) {
  return PyUnicode_DecodeUTF8(from.data(), static_cast<Py_ssize_t>(from.size()), nullptr);
}

/// Names come from anybody: what is not UTF-8 in them survives as Python has it for file names.
PyObject* name(const std::string& from) {
  return PyUnicode_DecodeUTF8(from.data(), static_cast<Py_ssize_t>(from.size()), "surrogateescape");
}

PyObject* bytes(const std::string& from) {
  return PyBytes_FromStringAndSize(from.data(), static_cast<Py_ssize_t>(from.size()));
}

PyObject* get_text(PyObject* self, void*) { return text(message_of(self).body); }
PyObject* get_body(PyObject* self, void*) { return bytes(message_of(self).body); }
PyObject* get_channel(PyObject* self, void*) { return name(message_of(self).channel); }
PyObject* get_from(PyObject* self, void*) { return name(message_of(self).from); }
PyObject* get_gap(PyObject* self, void*) {
  return Py_NewRef(reinterpret_cast<message_object*>(self)->gap);
}
PyObject* get_pattern(PyObject* self, void*) {
  const auto& pattern = message_of(self).pattern;
  if (pattern.empty()) Py_RETURN_NONE;
  return name(pattern);
}
PyObject* get_position(PyObject* self, void*) {
  const auto& position = message_of(self).position;
  if (position.empty()) Py_RETURN_NONE;
  return name(position);
}

PyObject* json(PyObject* self, PyObject*) {
  static auto* module = PyImport_ImportModule("json");
  auto body = py::reinterpret_steal<py::object>(module ? get_body(self, nullptr) : nullptr);
  return body ? PyObject_CallMethod(module, "loads", "O", body.ptr()) : nullptr;
}

PyObject* represent(PyObject* self) {
  auto channel = py::reinterpret_steal<py::object>(get_channel(self, nullptr));
  auto body = py::reinterpret_steal<py::object>(channel ? get_body(self, nullptr) : nullptr);
  return body ? PyUnicode_FromFormat("<Message on %R: %R>", channel.ptr(), body.ptr()) : nullptr;
}

void deallocate(PyObject* self) {
  auto* object = reinterpret_cast<message_object*>(self);
  std::destroy_at(&object->what);
  Py_XDECREF(object->gap);
  auto* type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

PyTypeObject* make_message_type() {
  static PyGetSetDef attributes[] = {
      {"text", get_text, nullptr, "The body as UTF-8.", nullptr},
      {"body", get_body, nullptr, "The body, bytes.", nullptr},
      {"channel", get_channel, nullptr, "The channel it was published on.", nullptr},
      {"pattern", get_pattern, nullptr, "The pattern that matched, or None.", nullptr},
      {"from_connection_id", get_from, nullptr, "Who published it; empty if nobody said.", nullptr},
      {"position", get_position, nullptr, "In the channel's history; None if it is not kept.",
       nullptr},
      {"gap", get_gap, nullptr, "What is missing before it, or None.", nullptr},
      {nullptr, nullptr, nullptr, nullptr, nullptr}};
  static PyMethodDef methods[] = {
      {"json", json, METH_NOARGS, "json($self, /)\n--\n\nThe body as JSON."},
      {nullptr, nullptr, 0, nullptr}};
  static PyType_Slot slots[] = {{Py_tp_getset, attributes},
                                {Py_tp_methods, methods},
                                {Py_tp_repr, reinterpret_cast<void*>(represent)},
                                {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
                                {0, nullptr}};
  static PyType_Spec spec{"puff._puff.PubSubMessage", sizeof(message_object), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  return reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
}

PyTypeObject* make_gap_type() {
  static PyStructSequence_Field fields[] = {
      {"lost", "messages that were dropped because the subscriber was slow"},
      {"interrupted", "whether the server was away: nobody knows how many that were"},
      {nullptr, nullptr}};
  static PyStructSequence_Desc description{"puff._puff.PubSubGap",
                                           "What is missing between two messages.", fields, 2};
  return PyStructSequence_NewType(&description);
}

PyObject* new_gap(const pubsub_gap& gap) {
  auto* object = PyStructSequence_New(gap_type);
  auto* lost = object ? PyLong_FromUnsignedLongLong(gap.lost) : nullptr;
  if (!lost) {
    Py_XDECREF(object);
    return nullptr;
  }
  PyStructSequence_SET_ITEM(object, 0, lost);
  PyStructSequence_SET_ITEM(object, 1, PyBool_FromLong(gap.interrupted));
  return object;
}

}  // namespace

PyObject* new_pubsub_item(pubsub_item item) {
  auto* gap = item.gap ? new_gap(item.gap) : Py_NewRef(Py_None);
  if (!gap || !item.message) return gap;
  auto* object = message_type->tp_alloc(message_type, 0);
  if (!object) {
    Py_DECREF(gap);
    return nullptr;
  }
  auto* made = reinterpret_cast<message_object*>(object);
  std::construct_at(&made->what, std::move(item.message));
  made->gap = gap;
  return object;
}

bool add_pubsub_message_types(PyObject* module) {
  message_type = make_message_type();
  gap_type = make_gap_type();
  return message_type && gap_type &&
         PyModule_AddObjectRef(module, "PubSubMessage",
                               reinterpret_cast<PyObject*>(message_type)) == 0 &&
         PyModule_AddObjectRef(module, "PubSubGap", reinterpret_cast<PyObject*>(gap_type)) == 0;
}

}  // namespace puff::bridge::internal
