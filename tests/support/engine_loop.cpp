#include "tests/support/engine_loop.hpp"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>

namespace puff::test {
namespace {
constexpr std::chrono::milliseconds look_again{20};  // what is waited for may lie outside the loop
}

bool engine_loop::run_until(const std::function<bool()>& reached, std::chrono::milliseconds limit) {
  auto end = std::chrono::steady_clock::now() + limit;
  auto open = boost::asio::make_work_guard(io_);
  io_.restart();
  while (!reached()) {
    set_timer();
    const auto now = std::chrono::steady_clock::now();
    if (now >= end) return false;
    io_.run_one_until(std::min(end, now + look_again));
  }
  return true;
}

void engine_loop::run_ready() {
  io_.restart();
  set_timer();
  while (io_.poll_one() != 0) set_timer();
}

void engine_loop::set_timer() {
  auto wake = wheel_.earlier_wake();
  if (!wake) return;
  timer_.expires_at(*wake);
  timer_.async_wait([this](boost::system::error_code failed) {
    if (!failed) wheel_.advance(deadline_wheel::clock::now());
  });
}

}  // namespace puff::test
