#pragma once

#include <caf/make_message.hpp>
#include <caf/response_handle.hpp>
#include <chrono>

#include "actors/core/pinned.hpp"

namespace puff {

/// An ask under way: say what to do with the answer, once.
template <class Self, class Handle>
class pending_ask {
 public:
  pending_ask(Self* self, deadline_wheel::clock::time_point deadline, Handle response)
      : self_(self), deadline_(deadline), response_(std::move(response)) {}

  /// `on_value` gets the answer, `on_error` an `error`; exactly one of them runs, on the asker's
  /// thread, unless the asker ends before. `timed_out` comes at the deadline, whatever the receiver
  /// does.
  template <class OnValue, class OnError>
  void then(OnValue on_value, OnError on_error) {
    auto& wheel = self_->home()->deadlines();
    auto id = response_.id();
    auto ticket = wheel.arm(deadline_, [self = self_, home = self_->home(), id] {
      // A late answer finds no handler any more and is dropped by CAF.
      if (home->hosts(self))
        self->enqueue(nullptr, id, caf::make_message(make_error(ec::timed_out)), home);
    });
    bind(ticket, std::move(on_error), std::move(on_value), &OnValue::operator());
  }

 private:
  template <class OnValue, class OnError, class... Args>
  void bind(deadline_wheel::ticket ticket, OnError on_error, OnValue on_value,
            void (OnValue::*)(Args...) const) {
    bind_as<Args...>(ticket, std::move(on_error), std::move(on_value));
  }
  template <class OnValue, class OnError, class... Args>
  void bind(deadline_wheel::ticket ticket, OnError on_error, OnValue on_value,
            void (OnValue::*)(Args...)) {
    bind_as<Args...>(ticket, std::move(on_error), std::move(on_value));
  }
  template <class... Args, class OnError, class OnValue>
  void bind_as(deadline_wheel::ticket ticket, OnError on_error, OnValue on_value) {
    auto& wheel = self_->home()->deadlines();
    response_.then(
        [&wheel, ticket, on_value = std::move(on_value)](Args... args) mutable {
          wheel.cancel(ticket);
          on_value(std::forward<Args>(args)...);
        },
        [&wheel, ticket, on_error = std::move(on_error)](caf::error& why) mutable {
          wheel.cancel(ticket);
          on_error(why);
        });
  }

  Self* self_;
  deadline_wheel::clock::time_point deadline_;
  Handle response_;
};

/// Asks `receiver` and answers by `.then(on_value, on_error)` before the deadline has passed.
/// `self` is pinned, and this is its thread. CAF's own time-outs are not used: they are not
/// cancelled by the answer.
template <class Self, class Receiver, class... Args>
auto ask(Self* self, const Receiver& receiver, deadline_wheel::clock::time_point deadline,
         Args&&... args) {
  auto response = self->request(receiver, caf::infinite, std::forward<Args>(args)...);
  return pending_ask<Self, decltype(response)>{self, deadline, std::move(response)};
}

}  // namespace puff
