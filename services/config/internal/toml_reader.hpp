#pragma once

#include <map>
#include <string>
#include <string_view>

#include "services/config/problems.hpp"
#include "services/config/settings.hpp"

namespace puff::config::internal {

/// Where the key or table of a path ("server.bind", "postgres[0]", "postgres[0].url") was written;
/// also of keys whose value was refused.
using origin_map = std::map<std::string, origin, std::less<>>;

/// Reads `text`, the content of `file`, into `into` and reports every wrong key. False if the text
/// is not TOML at all; then that is the only problem reported.
bool read_toml(std::string_view text, const std::string& file, settings& into, origin_map& origins,
               problems& wrong);

}  // namespace puff::config::internal
