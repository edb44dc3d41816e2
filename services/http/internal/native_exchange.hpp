#pragma once

#include <deque>
#include <exception>
#include <memory>

#include "services/http/router.hpp"
#include "services/http/session.hpp"

namespace puff::http::internal {

/// The exchange of one coroutine handler, shared by the coroutine and its session: either may end
/// first.
class native_exchange final : public exchange,
                              public std::enable_shared_from_this<native_exchange> {
 public:
  native_exchange(session_ref where, std::shared_ptr<const router> routes,
                  std::unique_ptr<puff::request> head, path_params params);

  void run(const coroutine_handler& handler);

  // For the session.
  void deliver(std::string piece, bool last);
  void drained() { wake(); }
  void abort();
  void end();

  const puff::request& request() const noexcept override { return *request_; }
  const path_params& params() const noexcept override { return params_; }
  boost::asio::awaitable<std::string> read() override;
  void respond(response whole) override;
  void start(response_head head) override;
  boost::asio::awaitable<void> write(std::string piece) override;
  void finish() override;

 private:
  /// The one place where the coroutine waits, with its type erased.
  struct waiter {
    virtual ~waiter() = default;
    virtual void resume() = 0;
  };
  template <class Handler>
  struct waiter_of;
  enum class state : std::uint8_t { open, ended, aborted };

  static boost::asio::awaitable<void> invoke(const coroutine_handler& handler,
                                             std::shared_ptr<native_exchange> self);
  boost::asio::awaitable<void> wait();
  void wake();
  void send(response_part part);
  void returned(std::exception_ptr failure);
  void check_alive() const;

  session_ref session_;  // while `open`
  std::weak_ptr<engine> engine_;
  std::shared_ptr<const router> routes_;  // keeps the handler alive
  std::unique_ptr<puff::request> request_;
  path_params params_;
  std::deque<std::string> pieces_;  // bounded by the request window
  std::unique_ptr<waiter> waiter_;
  state state_ = state::open;
  bool body_ended_ = false;
};

}  // namespace puff::http::internal
