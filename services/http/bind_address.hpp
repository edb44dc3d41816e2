#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <string>
#include <string_view>

#include "schemas/error.hpp"

namespace puff::http {

/// Where a server listens. Forms: "HOST:PORT", "[::1]:80", ":80" (every IPv4 address), "80" (this
/// host alone), "unix:PATH". Port 0 lets the kernel choose.
struct bind_address {
  std::string host;  ///< as written; empty for a unix socket
  std::uint16_t port = 0;
  std::string unix_path;
  boost::asio::generic::stream_protocol::endpoint endpoint;

  bool is_unix() const noexcept { return !unix_path.empty(); }
};

/// "127.0.0.1:80", "[::1]:80" or "unix:PATH"
std::string to_string(const bind_address& address);

/// Host names are looked up, which may block; an IPv4 address is preferred. Errors: `bad_argument`
/// for a text of another form, `not_found` for an unknown host.
expected<bind_address> parse_bind_address(std::string_view text);

/// A listening socket and its true address (port 0 replaced).
struct acceptor {
  using socket = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol,
                                                    boost::asio::io_context::executor_type>;
  socket listener;
  bind_address local;
};

/// Binds and listens. Errors are one line that names the address: it is in use, not ours, not
/// permitted, or (unix) its directory is missing or not writable. A dead unix socket in the way is
/// replaced, a live one is an error. `reuse_port` lets several processes share a TCP port.
expected<acceptor> open_listener(boost::asio::io_context& io, const bind_address& address,
                                 bool reuse_port = false);

}  // namespace puff::http
