#include "cli/commands.hpp"
#include "cli/python_function.hpp"

namespace puff::cli {

command tasks_command() {
  command c{"tasks", "Look at the tasks of a queue, and change them"};
  c.synopsis = "list|show|retry|cancel|replay|purge|stats|pause|resume [ARG..]";
  c.details =
      "'puff tasks VERB --help' says what each takes. --queue NAME chooses one of [[task_queue]]; "
      "--json prints JSON. This command runs no tasks itself. The exit status is 1 if a task is "
      "not there.";
  c.takes = command::words::untouched;
  c.run = [](invocation& what) {
    python_function function{"puff._task_command.main", what.arguments, {"tasks"}};
    function.argv.insert(function.argv.end(), what.arguments.begin(), what.arguments.end());
    function.tasks = false;
    return run_python_function(what, function);
  };
  return c;
}

}  // namespace puff::cli
