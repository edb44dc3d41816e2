#include "services/postgres/internal/cancel_job.hpp"

#include <libpq-fe.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <deque>
#include <system_error>
#include <thread>

namespace puff::postgres::internal {
namespace {

constexpr std::size_t most_threads = 4;
constexpr std::size_t most_waiting = 1'024;

}  // namespace

/// What all threads share. Never destroyed: a thread may outlive `main`.
struct cancel_job::desk {
  static desk& instance() {
    static auto* one = new desk;
    return *one;
  }

  bool take(std::shared_ptr<cancel_job> job) {
    std::lock_guard guard{guard_};
    if (waiting_.size() >= most_waiting) return false;
    if (threads_ < most_threads && !add_thread() && threads_ == 0) return false;
    waiting_.push_back(std::move(job));
    return true;
  }

 private:
  bool add_thread() {
    try {
      std::thread{[this] { work(); }}.detach();
      ++threads_;
      return true;
    } catch (const std::system_error&) {
      return false;
    }
  }

  std::shared_ptr<cancel_job> next() {
    std::lock_guard guard{guard_};
    if (waiting_.empty()) {
      --threads_;
      return nullptr;
    }
    auto job = std::move(waiting_.front());
    waiting_.pop_front();
    return job;
  }

  void work() noexcept {
    while (auto job = next()) job->run();
  }

  std::mutex guard_;  // of all below
  std::deque<std::shared_ptr<cancel_job>> waiting_;
  std::size_t threads_ = 0;
};

std::shared_ptr<cancel_job> cancel_job::start(cancel_handle what) {
  int event = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (event < 0) return nullptr;
  std::shared_ptr<cancel_job> job{new cancel_job{std::move(what), event}};
  return desk::instance().take(job) ? job : nullptr;
}

cancel_job::~cancel_job() { ::close(event_); }

std::string cancel_job::failure() const {
  std::lock_guard guard{guard_};
  return failure_;
}

void cancel_job::run() noexcept {
  std::array<char, 256> text{};
  if (PQcancel(what_.get(), text.data(), static_cast<int>(text.size())) == 0) {
    std::lock_guard guard{guard_};
    failure_ = trimmed(text.data());
  }
  ::eventfd_write(event_, 1);
}

}  // namespace puff::postgres::internal
