#pragma once

#include <string>
#include <vector>

#include "services/config/internal/toml_reader.hpp"

namespace puff::config::internal {

/// Fills in what follows from other keys: URLs nobody named, the default HTTP client, names of
/// mounts, `asyncio` for `asgi`. Where a value came from goes to `origins`.
void complete(settings& s, origin_map& origins);

/// Reports combinations that cannot work: missing keys, repeated names and paths, references to
/// pools that are not there. Expects completed settings.
void check_rules(settings& s, const origin_map& origins, problems& wrong);

/// Combinations that work, but hardly as meant.
std::vector<std::string> warnings_of(const settings& s);

}  // namespace puff::config::internal
