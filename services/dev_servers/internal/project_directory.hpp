#pragma once

#include <sys/types.h>
#include <sys/un.h>

#include <filesystem>
#include <string>

#include "schemas/error.hpp"

namespace puff::dev::internal {

inline constexpr std::size_t longest_socket_path = sizeof(sockaddr_un::sun_path) - 1;

/// Makes `directory/name`, for this user only, and tells version control to ignore `directory`.
/// Gives its absolute path.
expected<std::filesystem::path> make_server_directory(const std::string& directory,
                                                      const std::string& name);

/// Where the socket `name` of a server in `directory` lies: there, or where that path would be
/// longer than a socket's may be, in a private directory below the one for temporary files.
expected<std::string> socket_path(const std::filesystem::path& directory, const std::string& name);

/// A directory below `temporary` that stands for `wanted` and always has the same name. It belongs
/// to this user and is no more open than `mode`; `io_failed` if it is somebody else's.
expected<std::filesystem::path> make_stand_in(const std::filesystem::path& temporary,
                                              const std::filesystem::path& wanted, mode_t mode);

/// "unix://" and the path, percent-encoded where a URL needs it.
std::string socket_url(const std::string& path);

/// The absolute path of a program, looked up on PATH unless it has a '/'; empty if there is none.
std::string find_executable(const std::string& name);

/// The last lines of a text file, joined by " | "; empty if it cannot be read.
std::string last_lines(const std::filesystem::path& file, std::size_t count);

}  // namespace puff::dev::internal
