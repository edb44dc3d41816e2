#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/error.hpp"

namespace puff::cli {

/// The private directory in which running nodes are found: $PUFF_RUNTIME_DIR, else
/// $XDG_RUNTIME_DIR/puff, else /tmp/puff-UID.
std::filesystem::path runtime_directory();

/// Makes it, for this user alone. `io_failed` if it cannot be made, or belongs to somebody else.
error make_runtime_directory(const std::filesystem::path& where);

/// The socket of one node: "NAME.PID.sock".
struct node_socket {
  std::string node;
  pid_t pid = 0;
  std::filesystem::path path;
};

node_socket socket_of(const std::filesystem::path& directory, std::string_view node, pid_t pid);
/// The sockets in `directory`, by name; none if there is no such directory.
std::vector<node_socket> sockets_in(const std::filesystem::path& directory);

}  // namespace puff::cli
