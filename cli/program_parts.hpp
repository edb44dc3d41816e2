#pragma once

#include <string>
#include <vector>

#include "actors/addon_host.hpp"
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
  std::vector<python_command> functions;
  runtime_config config;
  std::vector<const puff_addon*> addons;

  void take(native_command what) { natives.push_back(std::move(what)); }
  void take(python_command what) { functions.push_back(std::move(what)); }
  void take(server_command what) { routes = std::move(what.routes); }
  void take(wsgi_server_command what);
  void take(asgi_server_command what);
  void take(puff::pytest_command what) { config.settings_.pytest_path = std::move(what.path); }
  void take(django_management_command) { config.settings_.django = true; }
  void take(wait_forever) {}  // every program has it

  const config::settings& defaults() const noexcept { return config.settings_; }
  const auto& environment() const noexcept { return config.environment_; }
  const auto& global_state() const noexcept { return config.global_state_; }
};

/// All commands of a program, in the order of the help: Puff's, those of C++, those of add-ons,
/// those of puff.toml. `bad_config` if two have one name.
expected<std::vector<command>> commands_of(const program_parts& program,
                                           const config::settings& settings,
                                           const addon_host& addons);

}  // namespace puff::cli
