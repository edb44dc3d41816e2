#pragma once

#include <caf/delegated.hpp>
#include <caf/typed_response_promise.hpp>
#include <utility>

#include "schemas/error.hpp"

namespace puff {

/// The answer an actor owes: given later with `deliver`, or `broken_promise` when it is dropped.
/// Keep it on the actor's own thread.
template <class T>
class promise {
 public:
  promise() = default;
  explicit promise(caf::typed_response_promise<T> owed) : owed_(std::move(owed)) {}
  promise(promise&& other) noexcept : owed_(std::exchange(other.owed_, {})) {}
  promise& operator=(promise&& other) noexcept {
    std::swap(owed_, other.owed_);
    return *this;
  }
  ~promise() {
    if (owed_.pending()) owed_.deliver(make_error(ec::broken_promise));
  }

  void deliver(T value) { owed_.deliver(std::move(value)); }
  void deliver(error why) { owed_.deliver(std::move(why)); }
  void deliver(expected<T> outcome) {
    if (outcome)
      deliver(std::move(*outcome));
    else
      deliver(std::move(outcome.error()));
  }
  bool pending() const { return owed_.pending(); }

  /// What a handler returns to say "the answer comes later".
  caf::delegated<T> later() const { return {}; }

 private:
  caf::typed_response_promise<T> owed_;
};

/// The promise for the message that `self` is handling now.
template <class T, class Self>
promise<T> make_promise(Self* self) {
  return promise<T>{self->template make_response_promise<T>()};
}

}  // namespace puff
