#pragma once

#include "actors/addon_host.hpp"
#include "services/config/settings.hpp"

namespace puff::cli {

struct program_parts;

/// Loads the add-ons of a program and of puff.toml, in their order. `bad_config`: the first that
/// cannot be used, in one line.
error load_addons(const program_parts& program, const config::settings& settings, addon_host& into);

}  // namespace puff::cli
