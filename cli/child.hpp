#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "schemas/error.hpp"

namespace puff::cli {

/// The process group of a child: of its own, so that Ctrl-C of the terminal reaches only whoever
/// started it, or the same, so that it may ask questions on the terminal.
enum class child_group { own, same };

/// Starts a program that gets SIGTERM when the calling thread ends. The first word is looked up on
/// PATH. `not_found` and `io_failed` name it.
expected<pid_t> start_child(const std::vector<std::string>& words,
                            const std::map<std::string, std::string>& more_environment,
                            child_group group = child_group::own);

/// Sends a signal to the whole group of a child.
void signal_child(pid_t child, int number);

/// "exit status 3", "signal 9 (Killed)": of what waitpid gave.
std::string text_of_status(int status);

}  // namespace puff::cli
