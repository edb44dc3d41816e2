#include "bridge/internal/pubsub_words.hpp"

#include "bridge/bindings.hpp"
#include "bridge/python_thread.hpp"
#include "bridge/runtime.hpp"

namespace puff::bridge::internal {

const resource<pubsub_hub_actor>* hub_named(PyObject* pool) {
  const char* name = PyUnicode_AsUTF8(pool);
  if (!name) return nullptr;
  const auto& hubs = the_runtime().pubsub;
  if (auto found = hubs.find(name); found != hubs.end()) return &found->second;
  raise(make_error(ec::not_found, std::string{"no pub/sub pool is named '"} + name +
                                      "': add a [[pubsub]] table of that name to puff.toml"));
  return nullptr;
}

bool read_text(PyObject* object, std::string& into) {
  if (PyUnicode_Check(object)) {
    Py_ssize_t size = 0;
    const char* text = PyUnicode_AsUTF8AndSize(object, &size);
    if (text) into.assign(text, static_cast<std::size_t>(size));
    return text != nullptr;
  }
  Py_buffer view;
  if (PyObject_GetBuffer(object, &view, PyBUF_SIMPLE) != 0) return false;
  into.assign(static_cast<const char*>(view.buf), static_cast<std::size_t>(view.len));
  PyBuffer_Release(&view);
  return true;
}

}  // namespace puff::bridge::internal
