#pragma once

#include <filesystem>
#include <string>

#include "schemas/error.hpp"

namespace puff::config::internal {

/// The content of a text file of at most 4 MiB; `not_found`, `io_failed` or `too_large`, whose
/// context says why without naming the file.
expected<std::string> read_text(const std::filesystem::path& file);

}  // namespace puff::config::internal
