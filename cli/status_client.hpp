#pragma once

#include <filesystem>
#include <string>

#include "schemas/error.hpp"

namespace puff::cli {

/// Asks a node on its private socket for `path` and waits up to two seconds for the whole answer.
/// `unavailable`: nobody listens there; `timed_out`; `server_error` with the text of an answer that
/// is none of success.
expected<std::string> ask_node(const std::filesystem::path& socket, const std::string& path);
/// The same by POST: for what changes the node.
expected<std::string> tell_node(const std::filesystem::path& socket, const std::string& path);

}  // namespace puff::cli
