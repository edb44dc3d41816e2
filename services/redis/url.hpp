#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/error.hpp"

namespace puff::redis {

/// Where a Redis server is and who asks:
///
///     redis://[user[:password]@]host[:port][/db][?db=N]      TCP
///     rediss://..                                            the same over TLS
///     unix:[//[user:password@]]/path[?db=N]                  a socket file
///
/// `:password@` alone means the default user. Parts may be percent-encoded and must be where they
/// contain `/ ? # @ : %`. Options: db, user (username), pass (password), client_name.
struct url {
  enum class transport : std::uint8_t { tcp, tls, unix_socket };

  transport via = transport::tcp;
  std::string host = "localhost";
  std::uint16_t port = 6379;
  std::string path;  ///< of the socket file
  std::string user;
  std::string password;
  bool authenticates = false;  ///< whether the URL names a user or a password
  std::uint32_t db = 0;
  std::string client_name;

  /// The URL for messages: any password is shown as `***`.
  std::string without_password() const;
};

/// Errors (`bad_argument`) name the part that is wrong and never show a password.
expected<url> parse_url(std::string_view text);

}  // namespace puff::redis
