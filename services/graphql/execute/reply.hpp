#pragma once

#include <functional>
#include <memory>
#include <utility>

namespace puff::graphql {

/// Waits for one answer. The execution implements it; whoever answers holds a `reply`.
template <class T>
class receiver {
 public:
  virtual ~receiver() = default;
  virtual void receive(T answer) = 0;
  /// The reply was destroyed and nobody will answer.
  virtual void dropped() = 0;
  /// What to call, once, if nobody wants the answer any more.
  virtual void when_cancelled(std::function<void()> stop) = 0;
};

/// The duty to answer once. Moved to whoever will do it; destroyed without an answer it is an error
/// that says so. Used on the execution's thread only.
template <class T>
class reply {
 public:
  reply() = default;
  explicit reply(std::unique_ptr<receiver<T>> to) : to_(std::move(to)) {}
  reply(reply&&) noexcept = default;
  reply& operator=(reply&& other) noexcept {
    std::swap(to_, other.to_);
    return *this;
  }
  ~reply() {
    if (to_) to_->dropped();
  }

  void operator()(T answer) {
    const auto to = std::move(to_);
    if (to) to->receive(std::move(answer));
  }
  void when_cancelled(std::function<void()> stop) {
    if (to_) to_->when_cancelled(std::move(stop));
  }
  explicit operator bool() const noexcept { return to_ != nullptr; }

 private:
  std::unique_ptr<receiver<T>> to_;
};

}  // namespace puff::graphql
