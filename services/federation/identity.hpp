#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schemas/frame.hpp"

namespace puff::federation {

/// A new life of a node, with a random epoch that is not 0.
node_identity new_life(std::string node);

/// "EPOCH:NODE", the epoch in 16 hexadecimal digits, as the scripts name a life.
std::string to_text(const node_identity& life);
std::optional<node_identity> life_from(std::string_view text);

}  // namespace puff::federation
