#pragma once

#include <functional>
#include <future>
#include <memory>
#include <tuple>
#include <utility>

#include "actors/core/ask.hpp"
#include "actors/core/spawn.hpp"
#include "schemas/messages.hpp"

namespace puff {

/// Asks once for somebody who is no actor, and ends.
template <class T, class Receiver, class... Args>
class outside_asker {
 public:
  using interface = caf::typed_actor<caf::reacts_to<check_atom>>;
  using on_answer = std::function<void(expected<T>)>;
  static constexpr const char* name = "outside_asker";

  outside_asker(self_pointer<interface> self, Receiver whom, std::chrono::milliseconds within,
                on_answer tell, std::tuple<Args...> question)
      : self_(self),
        whom_(std::move(whom)),
        within_(within),
        tell_(std::move(tell)),
        question_(std::move(question)) {}
  ~outside_asker() {
    if (tell_) tell_(make_error(ec::shutting_down));
  }

  typename interface::behavior_type make_behavior() {
    std::apply(
        [this](auto&&... args) {
          ask(self_, whom_, within_, std::move(args)...)
              .then([this](T answer) { finish(std::move(answer)); },
                    [this](const error& why) { finish(why); });
        },
        std::move(question_));
    return {[](check_atom) {}};
  }

 private:
  void finish(expected<T> answer) {
    self_->quit();
    std::exchange(tell_, nullptr)(std::move(answer));
  }

  self_pointer<interface> self_;
  Receiver whom_;
  std::chrono::milliseconds within_;
  on_answer tell_;
  std::tuple<Args...> question_;
};

/// Asks `receiver` (a handle or a resource) from any thread, by way of a loop. `tell` is called
/// exactly once on the loop's thread, with `timed_out` at the latest when `within` has passed, or
/// `shutting_down` when the loop ends before; it must neither wait nor throw. `T` is the answer.
template <class T, class Receiver, class... Args>
void outside_ask(loop& through, const Receiver& receiver, std::chrono::milliseconds within,
                 std::function<void(expected<T>)> tell, Args... args) {
  spawn<outside_asker<T, Receiver, Args...>>(through.system(), placement{.home = &through},
                                             receiver, within, std::move(tell),
                                             std::tuple{std::move(args)...});
}

/// The same for a thread that may wait: `bad_argument` on the loop's own thread, which may not.
template <class T, class Receiver, class... Args>
expected<T> ask_and_wait(loop& through, const Receiver& receiver, std::chrono::milliseconds within,
                         Args... args) {
  if (through.on_own_thread())
    return make_error(ec::bad_argument, "a loop's own thread cannot wait for an answer: use ask");
  auto slot = std::make_shared<std::promise<expected<T>>>();
  auto answer = slot->get_future();
  outside_ask<T>(
      through, receiver, within, [slot](expected<T> got) { slot->set_value(std::move(got)); },
      std::move(args)...);
  // The loop's own deadline comes first, unless its thread hangs.
  constexpr std::chrono::milliseconds grace{200};
  if (answer.wait_for(within + grace) != std::future_status::ready)
    return make_error(ec::timed_out, "the loop that asks is busy or has ended");
  return answer.get();
}

}  // namespace puff
