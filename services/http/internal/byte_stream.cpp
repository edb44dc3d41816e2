#include "services/http/internal/byte_stream.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace puff::http::internal {
namespace {

byte_stream::outcome failed() noexcept {
  bool blocked = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
  return {blocked ? byte_stream::state::blocked : byte_stream::state::failed, 0};
}

}  // namespace

byte_stream::byte_stream(byte_stream&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

byte_stream::~byte_stream() { close(); }

byte_stream::outcome byte_stream::read(std::span<char> into) noexcept {
  auto n = ::recv(descriptor_, into.data(), into.size(), 0);
  if (n < 0) return failed();
  return {n == 0 ? state::ended : state::done, static_cast<std::size_t>(n)};
}

byte_stream::outcome byte_stream::write(std::span<const iovec> pieces) noexcept {
  ssize_t n = 0;
  if (pieces.size() == 1) {
    n = ::send(descriptor_, pieces[0].iov_base, pieces[0].iov_len, MSG_NOSIGNAL);
  } else {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces.data());
    message.msg_iovlen = pieces.size();
    n = ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
  }
  if (n < 0) return failed();
  return {state::done, static_cast<std::size_t>(n)};
}

void byte_stream::end_writing() noexcept { ::shutdown(descriptor_, SHUT_WR); }

void byte_stream::close() noexcept {
  if (int open = std::exchange(descriptor_, -1); open >= 0) ::close(open);
}

}  // namespace puff::http::internal
