#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "services/redis/internal/stream.hpp"
#include "services/redis/internal/stream_listener.hpp"
#include "services/redis/url.hpp"
#include "services/timers/deadline_wheel.hpp"

namespace puff::redis::internal {

/// Finds the server that a URL means. Behind Sentinels it is the master of this moment: they are
/// asked one after the other, first the one that knew it last. Of a Cluster
/// it is any server, another one each time. One thread.
class locator final : private stream_listener {
 public:
  /// `unavailable` with a line that says what the last Sentinel said.
  using found_callback = std::function<void(expected<url>)>;

  locator(boost::asio::io_context& io, deadline_wheel& wheel, url where);
  ~locator();
  locator(const locator&) = delete;
  locator& operator=(const locator&) = delete;

  /// `done` is called once, perhaps at once, unless `stop` comes before. It may call `find`.
  void find(found_callback done);
  void stop();

 private:
  static constexpr std::chrono::milliseconds patience{1'000};  ///< with one Sentinel

  void on_open() override;
  void on_reply(redis_value reply) override;
  void on_ready_to_write() override {}
  void on_failed(error why) override { ask_next(context_of(why)); }

  url any_node();
  void ask();
  void ask_next(const std::string& reason);
  void leave();

  boost::asio::io_context& io_;
  deadline_wheel& wheel_;
  url where_;
  std::size_t current_ = 0, asked_ = 0;
  bool logs_in_ = false;
  found_callback done_;
  std::shared_ptr<stream> stream_;
  deadline_wheel::ticket limit_;
};

}  // namespace puff::redis::internal
