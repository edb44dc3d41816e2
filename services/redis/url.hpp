#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/error.hpp"

namespace puff::redis {

/// Where a Redis server is and who asks:
///
///     redis://[user[:password]@]host[:port][/db][?db=N]             TCP
///     rediss://..                                                   the same over TLS
///     unix:[//[user:password@]]/path[?db=N]                         a socket file
///     redis+sentinel://[user:password@]host[:port],..[/name][/db]   the master that Sentinels name
///     rediss+sentinel://..                                          the same over TLS
///     redis+cluster://[user:password@]host[:port],..                a Redis Cluster, by some
///     servers rediss+cluster://..                                           the same over TLS
///
/// `:password@` alone means the default user. Parts may be percent-encoded and must be where they
/// contain `/ ? # @ : %`. Options: db, user (username), pass (password), client_name;
/// sentinel_user, sentinel_password; ssl_ca_certs, ssl_certfile, ssl_keyfile (paths),
/// ssl_cert_reqs (`required` or `none`).
struct url {
  enum class transport : std::uint8_t { tcp, tls, unix_socket };
  struct address {
    std::string host = "localhost";
    std::uint16_t port = 6379;
  };
  struct tls_files {
    std::string authorities;       ///< whom to trust; empty: whom the system trusts
    std::string certificate, key;  ///< ours, if the server asks
    bool verifies = true;          ///< the server's certificate and its name
  };

  transport via = transport::tcp;
  std::string host = "localhost";
  std::uint16_t port = 6379;
  std::string path;  ///< of the socket file
  std::string user;
  std::string password;
  bool authenticates = false;  ///< whether the URL names a user or a password
  std::uint32_t db = 0;
  std::string client_name;
  tls_files tls;
  std::vector<address> sentinels;    ///< who knows where the master is; then `host` means nothing
  std::vector<address> nodes;        ///< some servers of a Cluster; then `host` means nothing
  std::string service = "mymaster";  ///< what the Sentinels call it
  std::string sentinel_user, sentinel_password;

  /// The URL for messages: any password is shown as `***`.
  std::string without_password() const;
};

/// Errors (`bad_argument`) name the part that is wrong and never show a password.
expected<url> parse_url(std::string_view text);

}  // namespace puff::redis
