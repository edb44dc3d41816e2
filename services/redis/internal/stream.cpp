#include "services/redis/internal/stream.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>

namespace puff::redis::internal {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t smallest_read = 16 << 10;
constexpr std::size_t largest_read = 1 << 20;
constexpr int reads_per_turn = 4;
constexpr std::size_t kept_output = 1 << 20;

/// A peer that vanished without a word is noticed by the kernel: within a minute when idle, after
/// half a minute when it leaves data unacknowledged.
void tune_tcp(int fd) {
  auto set = [fd](int level, int name, int value) {
    ::setsockopt(fd, level, name, &value, sizeof value);
  };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 30);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 10);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, 30'000);
}

bool again(const error_code& failed) {
  return failed == asio::error::would_block || failed == asio::error::try_again ||
         failed == asio::error::interrupted;
}

std::string advice_for(const error_code& failed) {
  if (failed == asio::error::connection_refused)
    return "connection refused; is a Redis server listening there?";
  if (failed == error_code{ENOENT, boost::system::system_category()}) return "no such socket file";
  if (failed == asio::error::eof) return "the server closed the connection";
  return failed.message();
}

}  // namespace

stream::stream(asio::io_context& io, const url& where, std::size_t max_reply_bytes,
               stream_listener& listener)
    : where_(where),
      listener_(&listener),
      resolver_(io),
      socket_(io),
      parser_(max_reply_bytes),
      read_size_(smallest_read) {}

void stream::open() {
  if (where_.via == url::transport::unix_socket) {
    endpoints_.emplace_back(asio::local::stream_protocol::endpoint{where_.path});
    return try_next_endpoint({});
  }
  error_code not_literal;
  auto address = asio::ip::make_address(where_.host, not_literal);
  if (not_literal) return resolve();
  endpoints_.emplace_back(asio::ip::tcp::endpoint{address, where_.port});
  try_next_endpoint({});
}

void stream::detach() noexcept {
  listener_ = nullptr;
  error_code ignored;
  socket_.close(ignored);
  resolver_.cancel();
}

void stream::resolve() {
  resolver_.async_resolve(
      where_.host, std::to_string(where_.port),
      [self = shared_from_this()](const error_code& failed,
                                  const asio::ip::tcp::resolver::results_type& found) {
        if (self->listener_ == nullptr) return;
        if (failed)
          return self->fail(ec::unavailable,
                            "host '" + self->where_.host + "' not found: " + failed.message());
        for (const auto& entry : found) self->endpoints_.emplace_back(entry.endpoint());
        self->try_next_endpoint("host '" + self->where_.host + "' has no address");
      });
}

void stream::try_next_endpoint(std::string reason) {
  if (next_endpoint_ == endpoints_.size()) return fail(ec::unavailable, std::move(reason));
  error_code ignored;
  socket_.close(ignored);
  socket_.async_connect(endpoints_[next_endpoint_++],
                        [self = shared_from_this()](const error_code& failed) {
                          if (self->listener_ == nullptr) return;
                          if (failed) return self->try_next_endpoint(advice_for(failed));
                          self->connected();
                        });
}

void stream::connected() {
  error_code failed;
  socket_.non_blocking(true, failed);
  if (failed) return fail(ec::unavailable, failed.message());
  if (where_.via != url::transport::unix_socket) tune_tcp(socket_.native_handle());
  if (where_.via != url::transport::tls) return opened();
  auto session = tls_session::over(socket_.native_handle(), where_);
  if (!session) return fail(code_of(session.error()), context_of(session.error()));
  tls_ = std::move(*session);
  shake_hands();
}

void stream::shake_hands() {
  const auto next = tls_->shake_hands();
  if (next == tls_session::progress::done) return opened();
  if (next == tls_session::progress::failed)
    return fail(code_of(tls_->failure()), context_of(tls_->failure()));
  const auto what = next == tls_session::progress::wants_read ? protocol::socket::wait_read
                                                              : protocol::socket::wait_write;
  socket_.async_wait(what, [self = shared_from_this()](const error_code& failed) {
    if (self->listener_ == nullptr) return;
    if (failed) return self->fail(ec::unavailable, advice_for(failed));
    self->shake_hands();
  });
}

void stream::opened() {
  wait_for_replies();
  listener_->on_open();
}

void stream::wait_for_replies() {
  if (!tls_) return receive();
  socket_.async_wait(protocol::socket::wait_read,
                     [self = shared_from_this()](const error_code& failed) {
                       if (self->listener_ == nullptr) return;
                       if (failed) return self->fail(ec::connection_lost, advice_for(failed));
                       self->read();
                     });
}

void stream::receive() {
  const auto room = parser_.prepare(read_size_);
  socket_.async_receive(
      asio::buffer(room.data(), room.size()),
      [self = shared_from_this(), room = room.size()](const error_code& failed, std::size_t size) {
        if (self->listener_ == nullptr) return;
        if (failed) return self->fail(ec::connection_lost, advice_for(failed));
        self->parser_.commit(size);
        if (!self->parse()) return;
        if (size < room) return self->receive();
        self->grow_reads();
        self->read();
      });
}

void stream::read() {
  for (int i = 0; i < reads_per_turn; ++i) {
    auto room = parser_.prepare(read_size_);
    error_code failed;
    auto size = read_some(room, failed);
    if (failed && !again(failed)) return fail(ec::connection_lost, advice_for(failed));
    if (failed) break;
    parser_.commit(size);
    if (!parse()) return;
    if (size < room.size()) break;
    grow_reads();
  }
  wait_for_replies();
}

void stream::grow_reads() { read_size_ = std::min(read_size_ * 2, largest_read); }

std::size_t stream::read_some(std::span<char> to, error_code& failed) {
  return tls_ ? tls_->read_some(to, failed)
              : socket_.read_some(asio::buffer(to.data(), to.size()), failed);
}

std::size_t stream::write_some(error_code& failed) {
  const std::span left{output_.data() + written_, output_.size() - written_};
  return tls_ ? tls_->write_some(left, failed)
              : socket_.write_some(asio::buffer(left.data(), left.size()), failed);
}

bool stream::parse() {
  while (true) {
    auto reply = parser_.take();
    if (!reply) {
      fail(code_of(reply.error()), context_of(reply.error()));
      return false;
    }
    if (!*reply) return true;
    read_size_ = smallest_read;
    listener_->on_reply(std::move(**reply));
    if (listener_ == nullptr) return false;
  }
}

void stream::request_flush() {
  if (flush_requested_) return;
  flush_requested_ = true;
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->flush_requested_ = false;
    if (self->listener_ != nullptr) self->listener_->on_ready_to_write();
  });
}

void stream::flush() {
  while (writing()) {
    error_code failed;
    written_ += write_some(failed);
    if (failed && again(failed)) return wait_for_room();
    if (failed) return fail(ec::connection_lost, advice_for(failed));
  }
  begin_ += output_.size();
  written_ = 0;
  if (output_.capacity() > kept_output)
    output_ = {};
  else
    output_.clear();
}

void stream::wait_for_room() {
  socket_.async_wait(protocol::socket::wait_write,
                     [self = shared_from_this()](const error_code& failed) {
                       if (self->listener_ == nullptr) return;
                       if (failed) return self->fail(ec::connection_lost, advice_for(failed));
                       self->flush();
                       if (self->listener_ != nullptr && !self->writing()) self->request_flush();
                     });
}

void stream::fail(ec code, std::string reason) {
  auto* listener = listener_;
  detach();
  listener->on_failed(make_error(code, std::move(reason)));
}

}  // namespace puff::redis::internal
