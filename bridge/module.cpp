#include "bridge/bindings.hpp"

namespace {

PyModuleDef definition = {PyModuleDef_HEAD_INIT,
                          "_puff",
                          "The C++ side of the package puff; use the package instead.",
                          -1,
                          nullptr,
                          nullptr,
                          nullptr,
                          nullptr,
                          nullptr};

}  // namespace

PyMODINIT_FUNC PyInit__puff() {
  auto* module = PyModule_Create(&definition);
  if (!module) return nullptr;
  if (puff::bridge::bind_core(module) && puff::bridge::bind_redis(module) &&
      puff::bridge::bind_tasks(module) && puff::bridge::bind_actors(module) &&
      puff::bridge::bind_pubsub(module) && puff::bridge::bind_postgres(module) &&
      puff::bridge::bind_postgres_dbapi(module) && puff::bridge::bind_graphql(module))
    return module;
  Py_DECREF(module);
  return nullptr;
}
