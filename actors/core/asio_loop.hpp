#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <optional>
#include <thread>

#include "actors/core/driver_seat.hpp"
#include "actors/core/idle_spin.hpp"
#include "actors/core/inbox.hpp"
#include "actors/core/loop.hpp"
#include "actors/core/vain_looks.hpp"

namespace puff {

/// A loop on an Asio `io_context`: the sockets of its actors live on it.
///
/// The wheel is advanced by one Asio timer that is only ever set earlier, so a deadline that is
/// armed and cancelled costs no system call.
///
/// Another thread may run the loop while it waits: see `run_as_guest`. Then "the loop's thread" is
/// that one.
class asio_loop final : public loop {
 public:
  /// Whether the loop has a thread of its own, or is pumped by a test through `io().poll()`; then
  /// its clock is the wheel's, which the test advances.
  enum class drive { own_thread, by_hand };

  asio_loop(caf::actor_system& system, drive how = drive::own_thread);
  /// Stops, waits for the pinned actors to end, joins. Nothing may spawn here any more, but what
  /// slipped in before is ended too.
  ~asio_loop() override;

  boost::asio::io_context& io() noexcept { return io_; }
  clock::time_point now() const noexcept override;

  void post(std::function<void()> work) override;
  void schedule(caf::intrusive_ptr<caf::resumable> turn) override;

  /// For a thread that would only wait for its `mail`: runs the loop until there is some, or it is
  /// `until`. Whoever puts mail while the caller sleeps must `interrupt`, unless it is the caller.
  /// False if another thread runs the loop; then `when_free` is called once, on that thread, as
  /// soon as the caller could run it, unless `forget_guest` comes before.
  bool run_as_guest(inbox& mail, std::optional<clock::time_point> until,
                    std::function<void()> when_free);
  void forget_guest() { seat_.withdraw(); }
  /// Ends the sleep of the thread that runs the loop. From any thread.
  void interrupt();

 private:
  static constexpr std::chrono::microseconds longest_spin{20};
  static constexpr int most_handlers_at_once = 256;
  using work_guard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;

  void run();
  void run_ready();
  bool run_some();
  bool drain();
  void sleep();
  void sleep_as_guest(inbox& mail, std::optional<clock::time_point> until);
  void poll_more();
  void arm_timer();
  void wake();
  void wake_if(bool asleep);
  void enter_by_hand();
  void run_by_hand();
  void on_finished() override;
  void set_timer(clock::time_point wake);

  const drive how_;
  boost::asio::io_context io_{1};
  inbox inbox_;
  idle_spin spin_{longest_spin};
  vain_looks more_looks_;
  boost::asio::steady_timer timer_{io_};
  std::optional<work_guard> open_;
  driver_seat seat_;
  std::thread thread_;
};

}  // namespace puff
