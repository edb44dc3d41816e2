#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "services/redis/internal/stream_listener.hpp"
#include "services/redis/internal/tls_session.hpp"
#include "services/redis/reply_parser.hpp"
#include "services/redis/url.hpp"

namespace puff::redis::internal {

/// One socket for one attempt to talk to a server: resolves, connects, agrees
/// on TLS where the URL wants it, reads replies, writes.
/// Handlers keep the stream alive; once detached it tells nothing and does nothing. One thread.
class stream : public std::enable_shared_from_this<stream> {
 public:
  stream(boost::asio::io_context& io, const url& where, std::size_t max_reply_bytes,
         stream_listener& listener);

  void open();
  /// Closes the socket; the listener hears nothing more.
  void detach() noexcept;

  /// Asks for one `on_ready_to_write` behind everything that is ready to run now.
  void request_flush();
  /// Whether the kernel has not yet taken all of the output.
  bool writing() const noexcept { return written_ < output_.size(); }
  /// To be filled while not `writing`, then written by `flush`.
  std::string& output() noexcept { return output_; }
  void flush();

  /// Position in the stream of the output's first byte, and of the first byte not yet taken.
  std::uint64_t output_begin() const noexcept { return begin_; }
  std::uint64_t taken() const noexcept { return begin_ + written_; }

 private:
  using protocol = boost::asio::generic::stream_protocol;

  void resolve();
  void try_next_endpoint(std::string reason);
  void connected();
  void shake_hands();
  void opened();
  void wait_for_replies();
  void receive();
  void read();
  void grow_reads();
  bool parse();
  std::size_t read_some(std::span<char> to, boost::system::error_code& failed);
  std::size_t write_some(boost::system::error_code& failed);
  void wait_for_room();
  void fail(ec code, std::string reason);

  url where_;
  stream_listener* listener_;
  boost::asio::ip::tcp::resolver resolver_;
  protocol::socket socket_;
  std::unique_ptr<tls_session> tls_;
  std::vector<protocol::endpoint> endpoints_;
  std::size_t next_endpoint_ = 0;
  reply_parser parser_;
  std::size_t read_size_;
  std::string output_;
  std::size_t written_ = 0;
  std::uint64_t begin_ = 0;
  bool flush_requested_ = false;
};

}  // namespace puff::redis::internal
