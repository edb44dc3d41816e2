#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/program.hpp"

namespace puff::cli {

/// What a `program` was told.
struct program_parts {
  std::string name;
  std::string about = "A program with Puff inside";
  std::string version = "0";
  puff::router routes;
  std::vector<native_schema> schemas;
  std::vector<native_command> natives;
};

/// All commands of a program, in the order of the help: Puff's, those of C++, those of puff.toml.
/// `bad_config` if two have one name.
expected<std::vector<command>> commands_of(const program_parts& program,
                                           const config::settings& settings);

}  // namespace puff::cli
