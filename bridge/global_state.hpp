#pragma once

#include <pybind11/pybind11.h>

#include <functional>

#include "schemas/error.hpp"

namespace puff::bridge {

/// Makes the object that `puff.global_state` is, when Python has started. With the GIL. Without a
/// maker there is none. `bad_config` with the text of what `make` threw or raised.
error set_global_state(const std::function<PyObject*()>& make);

}  // namespace puff::bridge
