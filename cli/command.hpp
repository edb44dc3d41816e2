#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "actors/addon_host.hpp"
#include "services/config/load.hpp"

namespace CLI {
class App;
}

namespace puff::cli {

struct program_parts;

/// What the command line asked for, and the configuration that it is to run under.
struct invocation {
  const program_parts& program;
  config::loaded config;
  std::vector<std::string> arguments;  ///< those of the command, after its own options
  std::filesystem::path executable;    ///< the running program
  error broken{};  ///< why there is no configuration, for commands that do without
  addon_host& addons;
};

/// The options that change settings, with the words they were given: see `config::sources`.
using override_map = std::map<std::string, std::vector<std::string>>;

/// One command of a program: how it is called, what it says of itself, and what it does.
struct command {
  enum class words {
    none,       ///< options only
    arguments,  ///< own options, then words that belong to whatever it runs
    untouched,  ///< everything after its name belongs to whatever it runs
  };
  /// What must be read before it runs. `nothing`: it works with a broken puff.toml.
  enum class needs { nothing, configuration };

  std::string name;
  std::string about;      ///< one line
  std::string details{};  ///< what its own help says beyond `about`
  std::vector<std::string> aliases{};
  words takes = words::none;
  std::string synopsis{};              ///< of the words it takes: "MODULE.FUNCTION [ARG..]"
  std::size_t required_arguments = 0;  ///< words that must be there
  needs reads = needs::configuration;
  /// Adds its options; those that change settings go to the map.
  std::function<void(CLI::App&, override_map&)> declare{};
  /// Runs it; the value is the exit status.
  std::function<int(invocation&)> run{};
};

}  // namespace puff::cli
