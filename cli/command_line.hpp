#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"

namespace CLI {
class App;
}

namespace puff::cli {

/// What a program says of itself in its help.
struct program_title {
  std::string name, about, version;
};

/// The words of a command line, read with what the configuration adds to it.
struct parsed_line {
  enum class kind {
    run,      ///< `chosen` with `arguments`
    text,     ///< print `text`: help or version
    mistake,  ///< `text` says what is wrong
  };
  kind what = kind::text;
  const command* chosen = nullptr;
  std::vector<std::string> arguments;
  override_map overrides;
  std::string text;
};

/// The value of `--config` as far as it can be seen before the configuration is read: before the
/// words that belong to what a command runs.
std::optional<std::string> config_option(const std::vector<std::string>& words,
                                         const std::vector<command>& commands);

/// Reads the words after the program's name. Options of pools may stand before the command and
/// directly after it. `commands` must outlive the result.
parsed_line parse_command_line(const program_title& title, const std::vector<command>& commands,
                               const std::vector<config::pool_option>& pools,
                               const std::vector<std::string>& words);

}  // namespace puff::cli
