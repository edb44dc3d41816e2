#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "schemas/error.hpp"

namespace puff::bridge {

/// What the interpreter is made from. Empty members are found out.
struct interpreter_options {
  /// A virtual environment. Empty: $VIRTUAL_ENV, else the folder above `program_directory` if it is
  /// one, else none: the system's packages.
  std::filesystem::path environment;
  /// The folder of the running executable.
  std::filesystem::path program_directory;
  /// Goes to the front of sys.path, in this order.
  std::vector<std::filesystem::path> python_path;
  /// Puts the working directory before `python_path`.
  bool add_cwd = true;
  /// sys.argv.
  std::vector<std::string> argv = {"puff"};
  /// Modules in C that `import` finds beside those of the environment: name and PyInit function.
  std::vector<std::pair<std::string, void* (*)()>> modules{};
};

/// The one Python interpreter of the process. Starting it never ends the process: whatever is wrong
/// with an environment is an error whose text is one line that says what to repair.
///
/// The thread that starts it is Python's main thread and holds the GIL afterwards. The private
/// module `puff._puff` is the one linked into the executable.
class interpreter {
 public:
  static expected<std::unique_ptr<interpreter>> start(const interpreter_options& options);
  ~interpreter();

  interpreter(const interpreter&) = delete;
  interpreter& operator=(const interpreter&) = delete;

  /// Runs Python's own exit (threading, atexit), flushes stdout and stderr, and ends the
  /// interpreter. The main thread, with the GIL, when every thread of ours that runs Python has
  /// been joined. `io_failed` if what was printed could not be written. A second call does nothing.
  error finalize();

  /// Flushes sys.stdout and sys.stderr; for an exit without `finalize`. With the GIL held.
  static void flush_output();

 private:
  interpreter() = default;
  bool running_ = true;
};

}  // namespace puff::bridge
