#pragma once

#include <sys/uio.h>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <span>

namespace puff::http::internal {

/// A connected, non-blocking TCP or unix socket. Reading and writing never wait; readiness is
/// awaited apart, so that a request costs one read and one write. TLS will be a second class of
/// this shape.
class byte_stream {
 public:
  enum class state : std::uint8_t { done, blocked, ended, failed };
  struct outcome {
    state what;
    std::size_t bytes;
  };

  /// Takes over `descriptor`.
  byte_stream(boost::asio::io_context& io, int family, int descriptor);

  outcome read(std::span<char> into) noexcept;
  outcome write(std::span<const iovec> pieces) noexcept;
  void end_writing() noexcept;
  /// Waits under way end with an error.
  void close() noexcept;

  template <class Handler>
  void wait_readable(Handler handler) {
    socket_.async_wait(boost::asio::socket_base::wait_read, std::move(handler));
  }
  template <class Handler>
  void wait_writable(Handler handler) {
    socket_.async_wait(boost::asio::socket_base::wait_write, std::move(handler));
  }

 private:
  boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol,
                                   boost::asio::io_context::executor_type>
      socket_;
};

}  // namespace puff::http::internal
