#pragma once

#include <string>
#include <string_view>

namespace puff::config {

/// `url` with every password in it as "***": `user:password@`, `?password=`, and libpq's
/// `password=..` form. For every text that a person or a log sees.
std::string redact(std::string_view url);

}  // namespace puff::config
