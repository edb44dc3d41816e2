#pragma once

#include "cli/command.hpp"
#include "cli/program.hpp"

/// Every command of Puff, each made in the file of its name.
namespace puff::cli {

command serve_command();
command wait_forever_command();
command run_command();
command django_command();
command pytest_command();
command dev_command();
command watch_command();
command doctor_command();
command status_command();
command drain_command();
command graphql_command();
command tasks_command();
command addon_command();
command config_command();
command example_config_command();

/// One of `[[commands]]`.
command configured_command(const config::command_setting& setting);
/// Those that add-ons and a program in C++ add.
command addon_command_of(const addons::instance::command& own);
command native_command_of(const native_command& native);
command python_command_of(const python_command& function);

}  // namespace puff::cli
