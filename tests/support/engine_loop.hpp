#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>

#include "services/timers/deadline_wheel.hpp"

namespace puff::test {

/// An `io_context` and a deadline wheel that the test's own thread drives, for engines without
/// actors.
class engine_loop {
 public:
  boost::asio::io_context& io() noexcept { return io_; }
  deadline_wheel& wheel() noexcept { return wheel_; }

  /// Runs until `reached` holds; false if that takes longer than `limit`.
  bool run_until(const std::function<bool()>& reached,
                 std::chrono::milliseconds limit = std::chrono::seconds{30});
  /// Runs what is ready now, and what that makes ready.
  void run_ready();

 private:
  void set_timer();

  boost::asio::io_context io_{1};
  deadline_wheel wheel_;
  boost::asio::steady_timer timer_{io_};
};

}  // namespace puff::test
