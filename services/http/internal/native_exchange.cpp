#include "services/http/internal/native_exchange.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "schemas/exception_text.hpp"
#include "services/http/internal/engine.hpp"

namespace puff::http::internal {

namespace asio = boost::asio;

template <class Handler>
struct native_exchange::waiter_of final : waiter {
  explicit waiter_of(Handler h) : handler(std::move(h)) {}
  void resume() override { asio::post(std::move(handler)); }
  Handler handler;
};

native_exchange::native_exchange(session_ref where, std::shared_ptr<const router> routes,
                                 std::unique_ptr<puff::request> head, path_params params)
    : session_(std::move(where)),
      engine_(session_->host().weak_from_this()),
      routes_(std::move(routes)),
      request_(std::move(head)),
      params_(std::move(params)),
      body_ended_(request_->body_complete) {
  if (!request_->body.empty()) pieces_.push_back(std::exchange(request_->body, {}));
}

asio::awaitable<void> native_exchange::invoke(const coroutine_handler& handler,
                                              std::shared_ptr<native_exchange> self) {
  co_await handler(*self);
}

void native_exchange::run(const coroutine_handler& handler) {
  auto self = shared_from_this();
  // Posted, so that the handler never runs inside its session's parsing.
  asio::post(session_->host().io(), [self, &handler] {
    if (self->state_ != state::open) return;
    asio::co_spawn(self->session_->host().io(), invoke(handler, self),
                   [self](std::exception_ptr failure) { self->returned(failure); });
  });
}

void native_exchange::check_alive() const {
  if (state_ == state::aborted)
    throw boost::system::system_error{asio::error::operation_aborted, "the client is gone"};
}

asio::awaitable<void> native_exchange::wait() {
  return asio::async_initiate<const asio::use_awaitable_t<>, void()>(
      [this](auto handler) {
        waiter_ = std::make_unique<waiter_of<decltype(handler)>>(std::move(handler));
      },
      asio::use_awaitable);
}

void native_exchange::wake() {
  if (auto w = std::move(waiter_)) w->resume();
}

void native_exchange::deliver(std::string piece, bool last) {
  if (!piece.empty()) pieces_.push_back(std::move(piece));
  body_ended_ |= last;
  wake();
}

void native_exchange::abort() {
  state_ = state::aborted;
  session_.reset();
  wake();
}

void native_exchange::end() {
  state_ = state::ended;
  session_.reset();
  wake();
}

asio::awaitable<std::string> native_exchange::read() {
  while (state_ == state::open && pieces_.empty() && !body_ended_) {
    session_->want_body();
    co_await wait();
  }
  check_alive();
  if (pieces_.empty()) co_return std::string{};
  auto piece = std::move(pieces_.front());
  pieces_.pop_front();
  response_part taken;
  taken.consumed = piece.size();
  send(std::move(taken));
  co_return piece;
}

void native_exchange::send(response_part part) {
  if (state_ != state::open) return;
  auto keep = session_;  // the answer may be complete with this
  keep->host().touch(*keep);
  keep->apply(part);
}

void native_exchange::respond(response whole) {
  response_part part;
  part.has_head = part.last = true;
  part.head = std::move(whole.head);
  part.data = std::move(whole.body);
  send(std::move(part));
}

void native_exchange::start(response_head head) {
  response_part part;
  part.has_head = true;
  part.head = std::move(head);
  send(std::move(part));
}

asio::awaitable<void> native_exchange::write(std::string piece) {
  check_alive();
  response_part part;
  part.data = std::move(piece);
  send(std::move(part));
  while (state_ == state::open && !session_->takes_more()) co_await wait();
  check_alive();
}

void native_exchange::finish() {
  response_part part;
  part.last = true;
  send(std::move(part));
}

void native_exchange::returned(std::exception_ptr failure) {
  auto name = request_->method + " " + request_->target;
  if (state_ == state::open) {
    auto keep = session_;
    keep->host().touch(*keep);
    if (failure)
      keep->answer_failed(name + ": handler failed: " + exception_text(failure));
    else if (!keep->head_sent())
      keep->answer_failed(name + ": handler returned without an answer");
    else
      finish();
  } else if (auto host = engine_.lock(); host && failure && state_ == state::ended) {
    host->log_error(name + ": handler failed after its answer: " + exception_text(failure));
  }
}

}  // namespace puff::http::internal
