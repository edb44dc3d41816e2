#include "cli/commands.hpp"
#include "cli/python_function.hpp"

namespace puff::cli {
namespace {

/// Programs in Python that get their arguments as a shell would give them.
int run_program(const invocation& what, const std::string& name,
                std::vector<std::string> arguments) {
  python_function function{"puff._programs." + name, std::move(arguments), {name}};
  // A migration is no worker: its code may be older or newer than what tasks need.
  function.tasks = name != "django";
  function.argv.insert(function.argv.end(), what.arguments.begin(), what.arguments.end());
  return run_python_function(what, function);
}

}  // namespace

command django_command() {
  command c{"django", "Run a management command of Django"};
  c.synopsis = "[ARG..]";
  c.details =
      "Everything after 'django' goes to Django as it is, --help too; the exit status is Django's. "
      "It "
      "runs on a greenlet, so puff's calls work in it. DJANGO_SETTINGS_MODULE names the settings.";
  c.takes = command::words::untouched;
  c.run = [](invocation& what) { return run_program(what, "django", what.arguments); };
  return c;
}

command pytest_command() {
  command c{"pytest", "Run pytest inside the runtime"};
  c.synopsis = "[ARG..]";
  c.details =
      "Everything after 'pytest' goes to pytest as it is, --help too; the exit status is pytest's. "
      "Tests run on a greenlet, so puff's calls work in them. pytest_path of puff.toml is the "
      "folder "
      "that it runs in.";
  c.takes = command::words::untouched;
  c.run = [](invocation& what) {
    const auto& folder = what.config.values.pytest_path;
    std::vector<std::string> arguments{folder.empty() ? "." : folder};
    arguments.insert(arguments.end(), what.arguments.begin(), what.arguments.end());
    return run_program(what, "pytest", std::move(arguments));
  };
  return c;
}

}  // namespace puff::cli
