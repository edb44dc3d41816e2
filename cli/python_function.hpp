#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"

namespace puff::cli {

/// A call of a Python function as the work of a command.
struct python_function {
  std::string path;                    ///< "module.function"
  std::vector<std::string> arguments;  ///< given to it as strings
  std::vector<std::string> argv;       ///< sys.argv
  bool tasks = true;                   ///< runs tasks meanwhile
};

/// Starts a node, calls the function on a greenlet (a coroutine function on the asyncio thread),
/// and stops. The exit status is that of a program: 0, 1 after an exception, what SystemExit says,
/// or 128 + N if signal N cancelled it.
int run_python_function(const invocation& what, const python_function& function);

}  // namespace puff::cli
