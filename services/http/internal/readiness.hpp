#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <functional>
#include <memory>

namespace puff::http::internal {

/// Says which of many sockets can be read or written again. The sockets lie in an edge-triggered
/// epoll of their own, which the loop watches as one descriptor: a socket costs one system call for
/// life and none a wait, a wake-up costs two however many sockets it is about.
///
/// An edge is told once: who does not read all there is must remember that there is more.
class readiness {
 public:
  struct edge {
    std::uint64_t tag;
    bool readable, writable;
    bool ended;  ///< no more will come after what can be read: the peer has closed, or an error
  };
  using callback = std::function<void(edge)>;

  explicit readiness(boost::asio::io_context& io);

  /// `tell` is called for each edge, between `begin` of a batch and its end; it may add and close
  /// sockets and must not destroy this object.
  void start(std::function<void()> begin, callback tell);
  /// Closing `descriptor` removes it; edges under way may still come. False: the system has no
  /// room for it, `errno` says why.
  bool add(int descriptor, std::uint64_t tag) noexcept;
  /// Nothing is told any more.
  void stop() noexcept;

 private:
  struct callbacks {
    std::function<void()> begin;
    callback tell;
  };
  void wait();
  void tell_edges();

  boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> epoll_;
  std::shared_ptr<callbacks> callbacks_;
};

}  // namespace puff::http::internal
