#include "services/http/internal/native_websocket.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include "schemas/exception_text.hpp"
#include "services/http/internal/engine.hpp"

namespace puff::http {

std::vector<std::string> offered_subprotocols(const request& head) {
  std::vector<std::string> offered;
  for (std::size_t i = 0; i < head.headers.size(); ++i) {
    const auto field = head.headers[i];
    if (!equal_ignoring_case(field.name, "sec-websocket-protocol")) continue;
    boost::beast::http::token_list tokens{{field.value.data(), field.value.size()}};
    for (const auto& token : tokens) offered.emplace_back(token.data(), token.size());
  }
  return offered;
}

}  // namespace puff::http

namespace puff::http::internal {

namespace asio = boost::asio;

template <class Handler>
struct native_websocket::waiter_of final : waiter {
  explicit waiter_of(Handler h) : handler(std::move(h)) {}
  void resume() override { asio::post(std::move(handler)); }
  Handler handler;
};

/// What other threads hold. Bytes count as unsent until the kernel has taken them.
class native_websocket::remote final : public websocket_sender,
                                       public std::enable_shared_from_this<remote> {
 public:
  remote(native_websocket& of, std::size_t window)
      : io_(of.io_), engine_(of.engine_), socket_(of.weak_from_this()), window_(window) {}

  bool try_send(websocket_message message) override {
    const auto size = message.data.size() + message_bytes;
    if (!open() || unsent_.load(std::memory_order_relaxed) >= window_) return false;
    unsent_.fetch_add(size, std::memory_order_relaxed);
    return post([size, message = std::move(message)](native_websocket& socket) mutable {
      socket.remote_->unsent_.fetch_sub(message_bytes, std::memory_order_relaxed);
      socket.remote_->posted_ += size - message_bytes;
      socket.apply_message(std::move(message));
    });
  }
  void close(std::uint16_t code, std::string reason) override {
    post([code, reason = std::move(reason)](native_websocket& socket) mutable {
      socket.close(code, std::move(reason));
    });
  }
  bool open() const noexcept override { return open_.load(std::memory_order_relaxed); }

  // On the io thread.
  void drained(std::uint64_t bytes) {
    auto ours = std::min(bytes, posted_);
    posted_ -= ours;
    unsent_.fetch_sub(ours, std::memory_order_relaxed);
  }
  void shut() { open_.store(false, std::memory_order_relaxed); }

 private:
  static constexpr std::uint64_t message_bytes = 64;

  /// The engine's loop may be gone, but not while the engine lives.
  template <class Work>
  bool post(Work work) {
    auto host = engine_.lock();
    if (!host) return false;
    asio::post(io_, [self = shared_from_this(), work = std::move(work)]() mutable {
      if (auto socket = self->socket_.lock()) work(*socket);
    });
    return true;
  }

  asio::io_context& io_;
  std::weak_ptr<engine> engine_;
  std::weak_ptr<native_websocket> socket_;
  std::uint64_t window_, posted_ = 0;
  std::atomic<std::uint64_t> unsent_{0};
  std::atomic<bool> open_{true};
};

native_websocket::native_websocket(session_ref where, std::shared_ptr<const router> routes,
                                   std::unique_ptr<puff::request> head, path_params params)
    : session_(std::move(where)),
      engine_(session_->host().weak_from_this()),
      io_(session_->host().io()),
      routes_(std::move(routes)),
      request_(std::move(head)),
      params_(std::move(params)),
      offered_(offered_subprotocols(*request_)) {}

asio::awaitable<void> native_websocket::invoke(const websocket_handler& handler,
                                               std::shared_ptr<native_websocket> self) {
  co_await handler(*self);
}

void native_websocket::run(const websocket_handler& handler) {
  // Posted, so that the handler never runs inside its session's parsing.
  asio::post(io_, [self = shared_from_this(), &handler] {
    if (!self->session_) return;
    asio::co_spawn(self->io_, invoke(handler, self),
                   [self](std::exception_ptr failure) { self->returned(failure); });
  });
}

asio::awaitable<void> native_websocket::wait() {
  return asio::async_initiate<const asio::use_awaitable_t<>, void()>(
      [this](auto handler) {
        waiter_ = std::make_unique<waiter_of<decltype(handler)>>(std::move(handler));
      },
      asio::use_awaitable);
}

void native_websocket::wake() {
  if (auto w = std::move(waiter_)) w->resume();
}

void native_websocket::deliver(websocket_message message, std::uint64_t cost) {
  messages_.push_back({std::move(message), cost});
  wake();
}

void native_websocket::drained(std::uint64_t bytes) {
  if (remote_) remote_->drained(bytes);
  wake();
}

void native_websocket::closed(std::uint16_t code, std::string reason) {
  if (std::exchange(closed_, true)) return;
  close_code_ = code;
  close_reason_ = std::move(reason);
  if (remote_) remote_->shut();
  wake();
}

void native_websocket::end() {
  closed(1006, {});
  session_.reset();
}

void native_websocket::apply(response_part part) {
  if (!session_) return;
  auto keep = session_;  // the socket may end with this
  keep->host().touch(*keep);
  keep->apply(part);
}

void native_websocket::accept(std::string subprotocol, header_block headers) {
  if (std::exchange(accepted_, true)) return;
  response_part part;
  part.websocket = response_part::socket::accept;
  part.head.headers = std::move(headers);
  part.data = std::move(subprotocol);
  apply(std::move(part));
}

void native_websocket::refuse(response whole) {
  if (accepted_) return;
  response_part part;
  part.has_head = part.last = true;
  part.head = std::move(whole.head);
  part.data = std::move(whole.body);
  apply(std::move(part));
}

asio::awaitable<std::optional<websocket_message>> native_websocket::receive() {
  while (messages_.empty() && !closed_) co_await wait();
  if (messages_.empty()) co_return std::nullopt;
  auto next = std::move(messages_.front());
  messages_.pop_front();
  response_part taken;
  taken.consumed = next.cost;
  apply(std::move(taken));
  co_return std::move(next.message);
}

void native_websocket::apply_message(websocket_message message) {
  if (!open()) return;
  response_part part;
  part.websocket = message.text ? response_part::socket::text : response_part::socket::binary;
  part.data = std::move(message.data);
  apply(std::move(part));
}

asio::awaitable<void> native_websocket::send(websocket_message message) {
  apply_message(std::move(message));
  while (open() && !session_->takes_more()) co_await wait();
}

void native_websocket::close(std::uint16_t code, std::string reason) {
  response_part part;
  part.websocket = response_part::socket::close;
  part.code = code;
  part.data = std::move(reason);
  apply(std::move(part));
}

std::shared_ptr<websocket_sender> native_websocket::sender() {
  if (!remote_) {
    const auto window = session_ ? session_->host().bounds().response_window : 0;
    remote_ = std::make_shared<remote>(*this, window);
    if (closed_) remote_->shut();
  }
  return remote_;
}

void native_websocket::returned(std::exception_ptr failure) {
  auto host = engine_.lock();
  if (failure && host) {
    host->log_error(request_->method + " " + request_->target +
                    ": handler failed: " + exception_text(failure));
  }
  if (failure && !accepted_) return refuse(plain_answer(500));
  close(failure ? 1011 : 1000, {});
}

}  // namespace puff::http::internal
