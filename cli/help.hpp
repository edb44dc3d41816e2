#pragma once

#include <string>
#include <vector>

#include "cli/command_line.hpp"

namespace puff::cli {

/// The help of the whole program: every command and the options that all have.
std::string program_help(const program_title& title, const std::vector<command>& commands,
                         const CLI::App& app);

/// The help of one command of `app`, the program's.
std::string command_help(const program_title& title, const command& of, const CLI::App& app);

}  // namespace puff::cli
