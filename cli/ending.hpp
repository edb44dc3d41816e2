#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <mutex>

namespace puff::cli {

/// How a process ends when it is told to. The first SIGINT or SIGTERM asks it to stop; a second
/// one, or the end of the time it has, ends it at once with the status 128 + signal. SIGUSR2 asks
/// for the stacks; SIGHUP and SIGPIPE do nothing.
///
/// Constructed before any thread runs Python, so that signals are Asio's. Callbacks run on the
/// thread of `io`.
class ending {
 public:
  struct callbacks {
    std::function<void()> stop;         ///< once; must not wait
    std::function<void()> show_stacks;  ///< must not wait
    /// Says on standard error what has not ended. On a thread of its own; after two seconds the
    /// process ends anyway.
    std::function<void()> report;
  };

  /// `time_limit` is from the first signal to the end of the process.
  ending(boost::asio::io_context& io, std::chrono::milliseconds time_limit);
  /// Signals do nothing from here on. Not on the thread of `io`, which must still run. Does not
  /// return when the process is about to end at once.
  ~ending();

  /// Until then a signal is only kept; one that was kept counts now.
  void begin(callbacks what);

  /// Asks to stop as a signal would, and for the same time.
  void request();

  /// The signal that asked to stop; 0: none.
  int signal() const noexcept { return signal_; }
  bool requested() const noexcept { return requested_; }

 private:
  void wait();
  void on_signal(int number);
  void stop();
  void end_now(int number);

  boost::asio::io_context& io_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer time_over_;
  std::chrono::milliseconds time_limit_;
  std::atomic<int> signal_{0};
  std::atomic<bool> requested_{false};
  bool begun_ = false, stopped_ = false, closed_ = false;  // of the thread of `io`
  callbacks callbacks_;
  std::atomic<bool> ending_now_{false};
};

}  // namespace puff::cli
