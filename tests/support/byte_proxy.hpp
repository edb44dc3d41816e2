#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

namespace puff::test {

/// Stands between a client and a server, on a free port of loopback and the test's own loop, and
/// cuts or stops the connection after as many bytes as a test wants.
class byte_proxy {
 public:
  static constexpr auto never = std::numeric_limits<std::size_t>::max();

  byte_proxy(boost::asio::io_context& io, std::uint16_t server_port);
  ~byte_proxy();

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  /// Of all connections together: both ends are closed when so many more bytes have come from the
  /// server, or from the client.
  void cut_after(std::size_t from_server, std::size_t from_client = never);
  /// Nothing passes any more, but nobody is told.
  void go_silent() noexcept { silent_ = true; }
  /// How often a client has spoken first, or after the server.
  std::size_t flights() const noexcept { return flights_; }

 private:
  struct pair;

  void accept();
  void hang_up();
  bool pass(std::size_t& left, std::size_t size);
  void note(bool from_client) noexcept;

  boost::asio::ip::tcp::acceptor acceptor_;
  std::uint16_t server_port_;
  std::size_t from_server_ = never, from_client_ = never;
  bool silent_ = false;
  bool client_spoke_ = false;
  std::size_t flights_ = 0;
  std::vector<std::shared_ptr<pair>> pairs_;
};

}  // namespace puff::test
