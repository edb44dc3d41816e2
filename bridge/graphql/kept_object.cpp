#include "bridge/graphql/kept_object.hpp"

#include "bridge/graphql/door.hpp"

namespace puff::bridge::graphql {
namespace {

void bury(PyObject* object) {
  if (!object || !Py_IsInitialized()) return;
  if (PyGILState_Check()) return Py_DECREF(object);
  // Where the thread has ended, the process soon does.
  post_to(python_world::greenlets, [object] { Py_DECREF(object); });
}

}  // namespace

kept_object kept_object::steal(PyObject* object) {
  kept_object made;
  if (object) made.held_ = std::shared_ptr<PyObject>{object, bury};
  return made;
}

}  // namespace puff::bridge::graphql
