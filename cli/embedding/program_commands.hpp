#pragma once

#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "cli/router.hpp"

/// What a program can be told to do, beside all that Puff's own commands do.
namespace puff {

/// A command in C++ without a node: gets the words after its name and returns the exit status.
struct native_command {
  std::string name;
  std::string about;  ///< one line, for the help
  std::function<int(const std::vector<std::string>& arguments)> run;
};
using basic_command = native_command;

/// Calls a Python function on a greenlet, or on the asyncio thread if it is a coroutine function;
/// the words after its name are its arguments.
struct python_command {
  python_command(std::string called, std::string dotted, std::string says = {})
      : name(std::move(called)), function(std::move(dotted)), about(std::move(says)) {}
  std::string name;
  std::string function;  ///< "module.function"
  std::string about;     ///< one line, for the help; empty: names the function
};

/// `serve` answers by these routes.
struct server_command {
  explicit server_command(router which) : routes(std::move(which)) {}
  router routes;
};

/// `serve` answers by this WSGI application what the routes do not, unless puff.toml names another.
struct wsgi_server_command {
  explicit wsgi_server_command(std::string dotted, router which = {})
      : application(std::move(dotted)), routes(std::move(which)) {}
  std::string application;  ///< "module.application"
  router routes;
};

/// The same for an ASGI application.
struct asgi_server_command {
  explicit asgi_server_command(std::string dotted, router which = {})
      : application(std::move(dotted)), routes(std::move(which)) {}
  std::string application;
  router routes;
};

/// `pytest` runs in this folder unless it is told another.
struct pytest_command {
  explicit pytest_command(std::string folder) : path(std::move(folder)) {}
  std::string path;
};

/// `django`, and Django is set up before anything of the user's is imported.
struct django_management_command {};

/// `wait_forever`. Every program has it; named for those who list what they want.
struct wait_forever {};

using program_command =
    std::variant<native_command, python_command, server_command, wsgi_server_command,
                 asgi_server_command, pytest_command, django_management_command, wait_forever>;

}  // namespace puff
