#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "schemas/redis_value.hpp"

namespace puff::redis {

/// Appends one command, name first, in wire form (an array of bulk strings). Allocates only what
/// the string itself needs to grow. A command has at least one part.
void append_command(std::string& wire, std::span<const std::string_view> parts);

/// One command, ready to be sent.
redis_commands make_command(std::initializer_list<std::string_view> parts);

}  // namespace puff::redis
