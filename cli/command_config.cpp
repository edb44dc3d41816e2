#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "services/config/pages.hpp"

namespace puff::cli {

command config_command() {
  command c{"config", "Show every effective setting and where it comes from"};
  c.details =
      "An option wins over the environment, that over .env, that over puff.toml, that over the "
      "default. Passwords are not shown. Nothing is started.";
  c.run = [](invocation& what) {
    for (const auto& warning : what.config.warnings) print("warning: " + warning + "\n");
    return print(config::explain(what.config)) ? 0 : 1;
  };
  return c;
}

command example_config_command() {
  command c{"example_config", "Print a complete, commented puff.toml with the defaults"};
  c.reads = command::needs::nothing;
  c.run = [](invocation&) { return print(config::example_config()) ? 0 : 1; };
  return c;
}

}  // namespace puff::cli
