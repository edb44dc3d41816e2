#include "services/http/internal/readiness.hpp"

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace puff::http::internal {
namespace {

constexpr std::uint32_t ended = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
constexpr std::uint32_t broken = EPOLLHUP | EPOLLERR;

int new_epoll() {
  int descriptor = ::epoll_create1(EPOLL_CLOEXEC);
  if (descriptor < 0) throw std::system_error{errno, std::generic_category(), "epoll_create1"};
  return descriptor;
}

}  // namespace

readiness::readiness(boost::asio::io_context& io) : epoll_(io.get_executor(), new_epoll()) {}

void readiness::start(std::function<void()> begin, callback tell) {
  callbacks_ = std::make_shared<callbacks>(callbacks{std::move(begin), std::move(tell)});
  wait();
}

bool readiness::add(int descriptor, std::uint64_t tag) noexcept {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = tag;
  return ::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void readiness::stop() noexcept {
  callbacks_.reset();
  boost::system::error_code ignored;
  epoll_.close(ignored);
}

void readiness::wait() {
  epoll_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                    [this, alive = std::weak_ptr{callbacks_}](const boost::system::error_code& e) {
                      if (!e && !alive.expired()) tell_edges();
                    });
}

void readiness::tell_edges() {
  std::array<epoll_event, 256> events;
  int count = ::epoll_wait(epoll_.native_handle(), events.data(), events.size(), 0);
  auto keep = callbacks_;
  keep->begin();
  for (int i = 0; i < count && callbacks_; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    keep->tell({event.data.u64, (event.events & (EPOLLIN | ended)) != 0,
                (event.events & (EPOLLOUT | broken)) != 0, (event.events & ended) != 0});
  }
  if (callbacks_) wait();
}

}  // namespace puff::http::internal
