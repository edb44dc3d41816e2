#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/program_parts.hpp"
#include "cli/restarter.hpp"

namespace puff::cli {
namespace {

struct watch_command_options {
  std::string directory = ".";
  std::size_t copies = 1;
};

bool is_own_command(const invocation& what, const std::string& word) {
  auto commands = commands_of(what.program, what.config.values, what.addons);
  return commands && std::any_of(commands->begin(), commands->end(), [&](const command& c) {
           return c.name == word || std::count(c.aliases.begin(), c.aliases.end(), word) > 0;
         });
}

int watch(const invocation& what, const watch_command_options& given) {
  restart_options o;
  o.title = what.program.name + " watch";
  o.command = what.arguments;
  if (is_own_command(what, o.command.front()))
    o.command.insert(o.command.begin(), what.executable.string());
  o.directory = given.directory;
  o.copies = given.copies;
  auto status = restarter{std::move(o)}.run();
  return status ? *status : print_failure(status.error());
}

}  // namespace

command watch_command() {
  auto o = std::make_shared<watch_command_options>();
  command c{"watch", "Run a command and restart it when files change"};
  c.synopsis = "COMMAND [ARG..]";
  c.details =
      "A word that is a command of this program runs it ('watch serve'); any other is a program. "
      "The "
      "command gets SIGTERM, ten seconds later SIGKILL, and starts again. Version control, caches "
      "and virtual environments are left out. Also installed as puff-watch.";
  c.takes = command::words::arguments;
  c.required_arguments = 1;
  c.reads = command::needs::nothing;
  c.declare = [o](CLI::App& at, override_map&) {
    at.add_option("-d,--dir", o->directory, "Folder to watch, with all below it (default .)")
        ->type_name("DIR");
    at.add_option("-n,--num", o->copies, "How many copies of the command run (default 1)")
        ->type_name("N")
        ->check(CLI::Range(1, 1024).description(""));
  };
  c.run = [o](invocation& what) { return watch(what, *o); };
  return c;
}

}  // namespace puff::cli
