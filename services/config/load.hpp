#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "schemas/error.hpp"
#include "services/config/settings.hpp"

namespace puff::config {

/// Where a configuration is read from. Nothing else is looked at, so a test is its environment.
struct sources {
  std::optional<std::string> config_path;  ///< of `--config`; else PUFF_CONFIG, else puff.toml
  std::map<std::string, std::string> environment;
  std::map<std::string, std::vector<std::string>> overrides;  ///< "--bind" -> its values
  std::string cwd = ".";
  settings
      base{};  ///< the program's own defaults; a named table of the file takes the place of its
};

/// The working directory and the environment of this process.
sources process_sources();

/// One effective value, for a person: no passwords in it.
struct effective_value {
  std::string label;  ///< "server.bind", "postgres.default.url"
  std::string text;   ///< as TOML writes it; "" if not set
  origin from;
};

struct loaded {
  settings values;
  std::string config_file;  ///< that was read; empty: there is none
  std::string dotenv_file;  ///< that was read; empty: there is none
  /// Variables of the `.env` file that the environment does not have; the program sets them.
  std::vector<std::pair<std::string, std::string>> dotenv;
  std::vector<std::string> warnings;
  std::vector<effective_value> effective;
};

/// Reads everything: an option wins over the environment, that over `.env`, that over puff.toml,
/// that over the default. `bad_config`: a line for each problem, "puff.toml:3:1: ..", so that one
/// run tells all of them. A config file that was named must exist; puff.toml need not.
expected<loaded> load(const sources& from);

/// An option of the command line that belongs to a configured pool.
struct pool_option {
  std::string option;       ///< "--default-redis-url"
  std::string environment;  ///< "PUFF_DEFAULT_REDIS_URL"
  std::string doc;
  std::string fallback;
};

/// The options of all enabled pools, in the order of the file.
std::vector<pool_option> pool_options(const settings& s);

}  // namespace puff::config
