#include "services/http/internal/byte_stream.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace puff::http::internal {
namespace {

byte_stream::outcome failed() noexcept {
  bool blocked = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
  return {blocked ? byte_stream::state::blocked : byte_stream::state::failed, 0};
}

}  // namespace

byte_stream::byte_stream(boost::asio::io_context& io, int family, int descriptor) : socket_(io) {
  boost::system::error_code e;
  socket_.assign(boost::asio::generic::stream_protocol{family, 0}, descriptor, e);
}

byte_stream::outcome byte_stream::read(std::span<char> into) noexcept {
  auto n = ::recv(socket_.native_handle(), into.data(), into.size(), 0);
  if (n < 0) return failed();
  return {n == 0 ? state::ended : state::done, static_cast<std::size_t>(n)};
}

byte_stream::outcome byte_stream::write(std::span<const iovec> pieces) noexcept {
  ssize_t n = 0;
  if (pieces.size() == 1) {
    n = ::send(socket_.native_handle(), pieces[0].iov_base, pieces[0].iov_len, MSG_NOSIGNAL);
  } else {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces.data());
    message.msg_iovlen = pieces.size();
    n = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL);
  }
  if (n < 0) return failed();
  return {state::done, static_cast<std::size_t>(n)};
}

void byte_stream::end_writing() noexcept {
  boost::system::error_code e;
  socket_.shutdown(boost::asio::socket_base::shutdown_send, e);
}

void byte_stream::close() noexcept {
  boost::system::error_code e;
  socket_.close(e);
}

}  // namespace puff::http::internal
