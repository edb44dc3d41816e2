#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace puff::test {

/// A TCP server on a free port of loopback that says whatever a test wants, on the test's own loop.
class scripted_peer {
 public:
  /// What to answer to the bytes that came since the last answer; empty waits for more.
  using script = std::function<std::string(const std::string& received)>;

  scripted_peer(boost::asio::io_context& io, script answers);
  ~scripted_peer();

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  std::string url() const { return "redis://127.0.0.1:" + std::to_string(port()); }

  std::size_t connections() const noexcept { return sessions_.size(); }
  /// To the newest connection, unasked.
  void say(const std::string& bytes);
  /// Closes the newest connection.
  void hang_up();

 private:
  struct session;

  void accept();

  boost::asio::ip::tcp::acceptor acceptor_;
  std::shared_ptr<script> answers_;
  std::vector<std::shared_ptr<session>> sessions_;
};

}  // namespace puff::test
