#include "cli/ending.hpp"

#include <unistd.h>
#include <csignal>

#include <boost/asio/post.hpp>
#include <future>
#include <thread>

#include "services/telemetry/log.hpp"

namespace puff::cli {
namespace {

constexpr auto time_for_report = std::chrono::seconds{2};

}  // namespace

ending::ending(boost::asio::io_context& io, std::chrono::milliseconds time_limit)
    : io_(io), signals_(io, SIGINT, SIGTERM, SIGUSR2), time_over_(io), time_limit_(time_limit) {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);
  wait();
}

ending::~ending() {
  auto closed = std::make_shared<std::promise<void>>();
  boost::asio::post(io_, [this, closed] {
    closed_ = true;
    signals_.cancel();
    time_over_.cancel();
    // After the handlers that were cancelled.
    boost::asio::post(io_, [closed] { closed->set_value(); });
  });
  closed->get_future().wait();
  while (ending_now_) ::pause();
}

void ending::begin(callbacks what) {
  boost::asio::post(io_, [this, what = std::move(what)]() mutable {
    callbacks_ = std::move(what);
    begun_ = true;
    if (requested_) stop();
  });
}

void ending::request() {
  requested_ = true;
  boost::asio::post(io_, [this] {
    if (begun_ && !closed_) stop();
  });
}

void ending::wait() {
  signals_.async_wait([this](const boost::system::error_code& failed, int number) {
    if (failed || closed_) return;
    on_signal(number);
    wait();
  });
}

void ending::on_signal(int number) {
  if (number == SIGUSR2) {
    if (callbacks_.show_stacks) callbacks_.show_stacks();
    return;
  }
  if (signal_ != 0) {
    log::warning("puff", "signal {} again: ending at once", number);
    return end_now(number);
  }
  signal_ = number;
  requested_ = true;
  if (begun_) stop();
}

void ending::stop() {
  if (std::exchange(stopped_, true)) return;
  time_over_.expires_after(time_limit_);
  time_over_.async_wait([this](const boost::system::error_code& failed) {
    if (failed || closed_) return;
    log::warning("puff", "not stopped within {} ms: ending at once", time_limit_.count());
    end_now(signal_ != 0 ? signal_.load() : SIGTERM);
  });
  callbacks_.stop();
}

void ending::end_now(int number) {
  if (ending_now_.exchange(true)) return;
  // The report may wait for Python, which may be what hangs.
  auto told = std::make_shared<std::promise<void>>();
  std::thread{[report = callbacks_.report, told] {
    if (report) report();
    told->set_value();
  }}.detach();
  std::thread{[number, done = told->get_future()] {
    done.wait_for(time_for_report);
    log::flush();
    ::_exit(128 + number);
  }}.detach();
}

}  // namespace puff::cli
