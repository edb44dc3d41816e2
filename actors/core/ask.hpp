#pragma once

#include <caf/behavior.hpp>
#include <caf/make_message.hpp>
#include <caf/response_handle.hpp>
#include <caf/unit.hpp>
#include <chrono>
#include <type_traits>

#include "actors/core/pinned.hpp"
#include "actors/core/resource.hpp"
#include "actors/core/timer.hpp"

namespace puff {

/// An ask under way: say what to do with the answer, once.
template <class Self, class Handle>
class pending_ask {
 public:
  pending_ask(Self* self, deadline_source::clock::time_point deadline, Handle response)
      : self_(self), deadline_(deadline), response_(std::move(response)) {}

  /// `on_value` gets the answer, `on_error` an `error`; exactly one of them runs, on the asker's
  /// thread, unless the asker ends before. `timed_out` comes at the deadline, whatever the receiver
  /// does. Both may own what cannot be copied.
  ///
  /// An answer of `caf::unit_t` is handed to an `on_value` without arguments or with that one.
  template <class OnValue, class OnError>
  void then(OnValue on_value, OnError on_error) {
    if constexpr (std::is_same_v<answer_of<Handle>, caf::detail::type_list<caf::unit_t>>)
      bind_unit(std::move(on_error), std::move(on_value));
    else
      bind(std::move(on_error), std::move(on_value), &OnValue::operator());
  }

 private:
  template <class Response>
  struct answer;
  template <class Asker, class Output>
  struct answer<caf::response_handle<Asker, Output, false>> {
    using type = Output;
  };
  template <class Response>
  using answer_of = typename answer<Response>::type;

  // CAF declares a unit but sends an empty message.
  template <class OnValue, class OnError>
  void bind_unit(OnError on_error, OnValue on_value) {
    auto answered = [on_value = std::move(on_value)]() mutable {
      if constexpr (std::is_invocable_v<OnValue&, caf::unit_t>)
        on_value(caf::unit);
      else
        on_value();
    };
    expect(std::move(answered), std::move(on_error));
  }

  template <class OnValue, class OnError, class... Args>
  void bind(OnError on_error, OnValue on_value, void (OnValue::*)(Args...) const) {
    bind_as<Args...>(std::move(on_error), std::move(on_value));
  }
  template <class OnValue, class OnError, class... Args>
  void bind(OnError on_error, OnValue on_value, void (OnValue::*)(Args...)) {
    bind_as<Args...>(std::move(on_error), std::move(on_value));
  }
  template <class... Args, class OnError, class OnValue>
  void bind_as(OnError on_error, OnValue on_value) {
    auto answered = [on_value = std::move(on_value)](Args... args) mutable {
      on_value(std::forward<Args>(args)...);
    };
    caf::detail::type_checker<typename answer<Handle>::type, decltype(answered)>::check();
    expect(std::move(answered), std::move(on_error));
  }

  // Both handlers go with the answer or the asker, and the deadline goes with them.
  template <class Answered, class OnError>
  void expect(Answered answered, OnError on_error) {
    auto failed = [on_error = std::move(on_error), expiry = arm()](caf::error& why) mutable {
      on_error(why);
    };
    self_->expect(response_.id(), caf::behavior{std::move(answered), std::move(failed)});
  }

  timer arm() {
    auto* source = self_->deadlines();
    auto expire = [asker = caf::weak_actor_ptr{self_->ctrl()}, id = response_.id()] {
      // A late answer finds no handler any more and is dropped.
      if (auto alive = asker.lock())
        alive->enqueue(nullptr, id, caf::make_message(make_error(ec::timed_out)), nullptr);
    };
    return {*source, source->arm(deadline_, std::move(expire))};
  }

  Self* self_;
  deadline_source::clock::time_point deadline_;
  Handle response_;
};

/// Asks `receiver` and answers by `.then(on_value, on_error)` before the deadline has passed.
/// `self` has a home or a source of deadlines, and this is its thread. CAF's own time-outs are not
/// used: they are not cancelled by the answer.
template <class Self, class Receiver, class... Args>
auto ask(Self* self, const Receiver& receiver, deadline_source::clock::time_point deadline,
         Args&&... args) {
  auto response = self->request(receiver, caf::infinite, std::forward<Args>(args)...);
  return pending_ask<Self, decltype(response)>{self, deadline, std::move(response)};
}

/// The same to whoever is behind the name now; `unavailable` if nobody is.
template <class Self, class Receiver, class... Args>
auto ask(Self* self, const resource<Receiver>& receiver,
         deadline_source::clock::time_point deadline, Args&&... args) {
  if (auto living = receiver.get())
    return ask(self, *living, deadline, std::forward<Args>(args)...);
  using handle =
      decltype(self->request(std::declval<Receiver>(), caf::infinite, std::forward<Args>(args)...));
  auto id = self->new_request_id(caf::message_priority::normal).response_id();
  self->eq_impl(id, nullptr, self->context(), make_error(ec::unavailable));
  return pending_ask<Self, handle>{self, deadline, handle{id, self}};
}

/// The same with the time that the answer may take.
template <class Self, class Receiver, class... Args>
auto ask(Self* self, const Receiver& receiver, std::chrono::milliseconds within, Args&&... args) {
  return ask(self, receiver, self->deadlines()->now() + within, std::forward<Args>(args)...);
}

/// The same on the control lane: overtakes other mail and is never refused.
template <class Self, class Receiver, class... Args>
auto ask_urgently(Self* self, const Receiver& receiver, std::chrono::milliseconds within,
                  Args&&... args) {
  auto response = self->template request<caf::message_priority::high>(receiver, caf::infinite,
                                                                      std::forward<Args>(args)...);
  return pending_ask<Self, decltype(response)>{self, self->deadlines()->now() + within,
                                               std::move(response)};
}

}  // namespace puff
