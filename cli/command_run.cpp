#include "cli/commands.hpp"
#include "cli/program_parts.hpp"
#include "cli/python_function.hpp"

namespace puff::cli {
namespace {

int call(const invocation& what, const std::string& path, std::vector<std::string> arguments) {
  python_function function{path, std::move(arguments), {path}};
  function.argv.insert(function.argv.end(), function.arguments.begin(), function.arguments.end());
  return run_python_function(what, function);
}

}  // namespace

command run_command() {
  command c{"run", "Call a Python function"};
  c.synopsis = "MODULE.FUNCTION [ARG..]";
  c.details =
      "Calls any importable function, with the words after it as strings; a coroutine function "
      "runs "
      "on the asyncio thread. The exit status is 0, 1 after an exception, or what sys.exit was "
      "given. "
      "No configuration is needed; pools of puff.toml are started if there are any.";
  c.takes = command::words::arguments;
  c.required_arguments = 1;
  c.run = [](invocation& what) {
    return call(what, what.arguments.front(), {what.arguments.begin() + 1, what.arguments.end()});
  };
  return c;
}

command configured_command(const config::command_setting& setting) {
  command c{setting.command_name, "Call " + setting.function + " (a command of puff.toml)"};
  c.synopsis = "[ARG..]";
  c.takes = command::words::arguments;
  c.run = [function = setting.function](invocation& what) {
    return call(what, function, what.arguments);
  };
  return c;
}

command python_command_of(const python_command& function) {
  command c{function.name, function.about.empty() ? "Call " + function.function : function.about};
  c.synopsis = "[ARG..]";
  c.takes = command::words::arguments;
  c.run = [path = function.function](invocation& what) { return call(what, path, what.arguments); };
  return c;
}

command addon_command_of(const addons::instance::command& own) {
  command c{own.name, own.about};
  c.synopsis = "[ARG..]";
  c.takes = command::words::untouched;
  c.run = [own](invocation& what) {
    std::vector<puff_text> words;
    for (const auto& word : what.arguments) words.push_back({word.data(), word.size()});
    return own.run(own.state, words.data(), words.size());
  };
  return c;
}

command native_command_of(const native_command& native) {
  command c{native.name, native.about};
  c.synopsis = "[ARG..]";
  c.takes = command::words::untouched;
  c.run = [run = native.run](invocation& what) { return run(what.arguments); };
  return c;
}

}  // namespace puff::cli
