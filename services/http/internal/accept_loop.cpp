#include "services/http/internal/accept_loop.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <cstring>

#include "services/http/internal/engine.hpp"

namespace puff::http::internal {
namespace {

using boost::asio::ip::tcp;

constexpr int accepts_per_turn = 64;
constexpr auto pause_when_exhausted = std::chrono::milliseconds{100};

tcp::endpoint to_ip(const sockaddr_storage& address, socklen_t size) {
  tcp::endpoint ip;
  ip.resize(size);
  std::memcpy(ip.data(), &address, size);
  return ip;
}

std::shared_ptr<const peer_info> peer_of(int fd, const acceptor& where,
                                         const sockaddr_storage& client, socklen_t size) {
  auto peer = std::make_shared<peer_info>();
  if (where.local.is_unix()) {
    peer->unix_path = where.local.unix_path;
    return peer;
  }
  auto remote = to_ip(client, size);
  peer->client_address = remote.address().to_string();
  peer->client_port = remote.port();
  sockaddr_storage local{};
  socklen_t local_size = sizeof local;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&local), &local_size) == 0) {
    auto ours = to_ip(local, local_size);
    peer->server_address = ours.address().to_string();
    peer->server_port = ours.port();
  }
  return peer;
}

}  // namespace

accept_loop::accept_loop(engine& host, acceptor where) : host_(&host), where_(std::move(where)) {}

void accept_loop::resume() {
  if (waiting_ || !host_) return;
  waiting_ = true;
  retry_pending_ = false;
  where_.listener.async_wait(boost::asio::socket_base::wait_read,
                             [self = shared_from_this()](const boost::system::error_code& e) {
                               self->waiting_ = false;
                               if (!e && self->host_) self->accept_some();
                             });
}

void accept_loop::close() noexcept {
  host_ = nullptr;
  boost::system::error_code e;
  // `close` would leave it in epoll while another loop accepts from a duplicate of it.
  if (int fd = where_.listener.release(e); !e) ::close(fd);
  if (where_.local.is_unix()) ::unlink(where_.local.unix_path.c_str());
}

void accept_loop::accept_waiting() {
  while (host_->has_room() && accept_one()) {
  }
}

void accept_loop::accept_some() {
  host_->tick();
  for (int i = 0; i < accepts_per_turn; ++i) {
    if (!host_->has_room()) return;  // resumed when a connection ends
    if (!accept_one()) break;
  }
  if (host_ && !retry_pending_) resume();
}

bool accept_loop::accept_one() {
  sockaddr_storage client{};
  socklen_t size = sizeof client;
  int fd = ::accept4(where_.listener.native_handle(), reinterpret_cast<sockaddr*>(&client), &size,
                     SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    int family = where_.local.endpoint.protocol().family();
    int on = 1;
    if (family != AF_UNIX) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    host_->adopt(fd, peer_of(fd, where_, client, size));
    return true;
  }
  if (errno == ECONNABORTED || errno == EINTR || errno == EPROTO || errno == EPERM) return true;
  if (errno == EAGAIN || errno == EWOULDBLOCK) return false;
  host_->log_error(std::string{"cannot accept a connection: "} + std::strerror(errno) +
                   "; trying again shortly");
  retry_pending_ = true;
  host_->resume_accepting_at(engine::clock::now() + pause_when_exhausted);
  return false;
}

}  // namespace puff::http::internal
