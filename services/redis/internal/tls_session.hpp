#pragma once

#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <span>

#include "schemas/error.hpp"
#include "services/redis/url.hpp"

namespace puff::redis::internal {

/// The client's end of TLS over a socket that does not block. It owns no socket and waits for
/// nothing: its owner does, when a call says what for. One thread.
class tls_session {
 public:
  enum class progress : std::uint8_t { done, wants_read, wants_write, failed };

  /// For a connected socket. `unsupported` if the files of the URL cannot be used.
  static expected<std::unique_ptr<tls_session>> over(int socket, const url& where);
  ~tls_session();
  tls_session(const tls_session&) = delete;
  tls_session& operator=(const tls_session&) = delete;

  /// The next steps of the handshake, which ends with the check of the server's certificate.
  progress shake_hands();
  /// Why that failed: `server_error` if it is hopeless, `unavailable` if only for now.
  error failure() const { return failure_; }

  /// As those of a socket: `would_block` when the socket has to become readable (or, rarely,
  /// writable; the owner may wait for both alike).
  std::size_t read_some(std::span<char> to, boost::system::error_code& failed);
  std::size_t write_some(std::span<const char> from, boost::system::error_code& failed);

 private:
  struct parts;
  explicit tls_session(std::unique_ptr<parts> p);
  std::unique_ptr<parts> parts_;
  error failure_;
};

}  // namespace puff::redis::internal
