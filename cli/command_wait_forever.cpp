#include <memory>

#include "cli/commands.hpp"
#include "cli/hosted_node.hpp"
#include "cli/program_parts.hpp"
#include "cli/serve_options.hpp"
#include "services/telemetry/log.hpp"

namespace puff::cli {

command wait_forever_command() {
  command c{"wait_forever", "Run a node without HTTP until it is stopped"};
  c.details =
      "Runs tasks and hosts actors. SIGINT or SIGTERM stop it as they stop 'serve'; the exit "
      "status "
      "is 0.";
  c.aliases = {"worker"};
  auto words = std::make_shared<std::vector<std::string>>();
  c.declare = [words](CLI::App& at, override_map& to) { declare_cluster_options(at, to, *words); };
  c.run = [](invocation& what) {
    hosted_node::plan plan;
    plan.argv = {what.program.name};
    return run_hosted(what, std::move(plan), [](hosted_node& in) {
      log::info("puff", "node {} is running; stop it by Ctrl-C or SIGTERM", in.actors().name());
      in.begun();
      return 0;
    });
  };
  return c;
}

}  // namespace puff::cli
