#pragma once

#include <filesystem>
#include <string>

#include "schemas/error.hpp"

namespace puff::cli {

/// Asks a node on its private socket for `path` and waits up to two seconds for the whole answer.
/// `unavailable`: nobody listens there; `timed_out`; `server_error` with the status of the answer.
expected<std::string> ask_node(const std::filesystem::path& socket, const std::string& path);

}  // namespace puff::cli
