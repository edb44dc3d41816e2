#pragma once

#include "services/config/internal/toml_reader.hpp"
#include "services/config/load.hpp"

/// Lays what is set outside puff.toml over what the file says.
namespace puff::config::internal {

/// Reads the `.env` file that `in` asks for into `out.dotenv_file` and `out.dotenv`, and applies
/// its variables.
void overlay_dotenv(const sources& from, loaded& out, origin_map& origins, problems& wrong);

void overlay_environment(const sources& from, settings& s, origin_map& origins, problems& wrong);

/// Also reports options that no key has.
void overlay_options(const sources& from, settings& s, origin_map& origins, problems& wrong);

}  // namespace puff::config::internal
