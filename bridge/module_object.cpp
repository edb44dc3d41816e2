#include "bridge/bindings.hpp"

/// Keeps the module's entry, which is in a static library, in the shared object.
__attribute__((used)) static PyObject* (*const entry)() = PyInit__puff;
