#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <utility>

#include "services/http/bind_address.hpp"

namespace puff::internal {

/// A listening socket that no loop knows: each listener accepts from a duplicate. Epoll forgets a
/// socket only when its last duplicate is closed, so this one is never registered.
class listening_socket {
 public:
  explicit listening_socket(http::acceptor open) : local_(open.local) {
    boost::system::error_code failed;
    descriptor_ = open.listener.release(failed);
  }
  listening_socket(listening_socket&& other) noexcept
      : local_(std::move(other.local_)), descriptor_(std::exchange(other.descriptor_, -1)) {}
  ~listening_socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  expected<http::acceptor> on(boost::asio::io_context& io) const {
    const int descriptor = ::fcntl(descriptor_, F_DUPFD_CLOEXEC, 0);
    if (descriptor < 0) return make_error(ec::io_failed, "cannot duplicate a listening socket");
    http::acceptor copy{http::acceptor::socket{io}, local_};
    boost::system::error_code failed;
    copy.listener.assign(local_.endpoint.protocol(), descriptor, failed);
    if (failed) {
      ::close(descriptor);
      return make_error(ec::io_failed, "cannot use a listening socket: " + failed.message());
    }
    return copy;
  }

 private:
  http::bind_address local_;
  int descriptor_ = -1;
};

}  // namespace puff::internal
