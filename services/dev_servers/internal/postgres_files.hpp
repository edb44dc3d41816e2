#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "schemas/error.hpp"

namespace puff::dev::internal {

/// What belongs to one PostgreSQL server of a project.
struct postgres_files {
  std::filesystem::path directory, data, lock, log;
  std::string socket;  ///< ".../.s.PGSQL.5432"

  std::string socket_directory() const {
    return std::filesystem::path{socket}.parent_path().string();
  }
  /// For libpq, as the superuser.
  std::string url() const;
  /// Whether a server runs there that takes connections.
  bool is_ready() const;
};

/// Makes the directory of the server `name`, and gives it to the server's user; below /var/tmp if
/// root's own is closed to that user, or too deep for a socket.
expected<postgres_files> prepare_postgres_files(const std::string& directory,
                                                const std::string& name);

/// Where `initdb` and `postgres` are: `wanted`, or what is on PATH, or Debian's directory of the
/// version that made `data`, else of the newest. Empty: nowhere.
std::filesystem::path find_postgres_programs(const std::string& wanted,
                                             const std::filesystem::path& data);

/// Words before those of a program of PostgreSQL: as the user postgres, if this is root, and ended
/// fast if this process is gone.
std::vector<std::string> as_postgres_user();

}  // namespace puff::dev::internal
