#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"

/// What `doctor` looks at. Nothing is changed; Python is started in this process, as a node would.
namespace puff::cli {

/// One thing that was looked at.
struct finding {
  enum class grade { fine, note, fault };
  grade how = grade::fine;
  std::string subject, text;
  std::string remedy{};  ///< what to do; empty if nothing
};
using findings = std::vector<finding>;

/// puff.toml, `.env`, the environment.
findings examine_configuration(const invocation& what);
/// Open files, watches, the runtime directory, redis-server.
findings examine_system(const invocation& what);
/// Whether the servers of the configured pools answer.
findings examine_servers(const invocation& what);
/// The interpreter, its environment, the packages.
findings examine_python(const invocation& what);

}  // namespace puff::cli
