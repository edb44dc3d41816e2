#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <utility>

namespace puff::postgres::internal {

/// Waits for a descriptor that somebody else owns. One thread.
class socket_watch {
 public:
  using direction = boost::asio::posix::descriptor_base::wait_type;
  static constexpr auto read = boost::asio::posix::descriptor_base::wait_read;
  static constexpr auto write = boost::asio::posix::descriptor_base::wait_write;

  explicit socket_watch(boost::asio::io_context& io) : descriptor_(io) {}
  ~socket_watch() { release(); }
  socket_watch(const socket_watch&) = delete;
  socket_watch& operator=(const socket_watch&) = delete;

  /// Instead of the one it watched. An error: the kernel has no room for another.
  boost::system::error_code watch(int descriptor);
  /// Watches nothing; who waits hears nothing more. Must come before its owner closes it.
  void release() noexcept;

  /// Calls `ready` once, when the descriptor can be read or written, or has failed. `ready` must
  /// keep this watch alive.
  template <class Ready>
  void wait(direction what, Ready ready) {
    descriptor_.async_wait(what, [this, watched = watched_, ready = std::move(ready)](
                                     const boost::system::error_code& failed) mutable {
      if (!failed && watched == watched_) ready();
    });
  }

 private:
  boost::asio::posix::stream_descriptor descriptor_;
  std::uint64_t watched_ = 0;  // counts the descriptors
};

}  // namespace puff::postgres::internal
