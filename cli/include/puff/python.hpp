#pragma once

/// What a program includes that shows C++ to Python by pybind11: the object of
/// `runtime_config::set_global_state`, and bound methods that answer later.
#include "bridge/run_python_async.hpp"
