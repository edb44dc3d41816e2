#include "services/federation/reminders.hpp"

#include <algorithm>
#include <utility>

#include "services/telemetry/log.hpp"

namespace puff::federation {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr auto patience = 60s;  // with an actor that has been called
constexpr auto reply_limit = 5s;
constexpr auto pause = 1s;  // before one that did not arrive is called again
constexpr milliseconds longest_sleep = 10s;
constexpr std::size_t at_once = 64;

/// Whether the actor has done, or tried, what it was reminded of.
bool has_arrived(const actor_outcome& outcome) {
  auto* failed = std::get_if<actor_failure>(&outcome);
  return !failed || !failed->type.empty();
}

}  // namespace

reminders::reminders(registry& names, deadline_wheel& wheel, ask_callback ask)
    : names_(names),
      wheel_(wheel),
      ask_(std::move(ask)),
      self_(std::make_shared<reminders*>(this)) {}

reminders::~reminders() {
  *self_ = nullptr;
  wheel_.cancel(next_);
}

void reminders::call_for(const node_identity& life) {
  if (life_ == life) return;
  life_ = life;
  look();
}

void reminders::stop() {
  life_ = {};
  wheel_.cancel(next_);
}

void reminders::look() {
  if (life_.epoch == 0) return;
  if (looking_ || under_way_ >= at_once) {
    look_again_ = true;
    return;
  }
  look_again_ = false;
  looking_ = true;
  names_.due(life_, patience, at_once - under_way_, clock::now() + reply_limit,
             [weak = self_](const expected<due_reply>& reply) {
               auto* self = *weak;
               if (!self) return;
               self->looking_ = false;
               self->taken(reply);
             });
}

void reminders::look_in(milliseconds later) {
  wheel_.cancel(next_);
  next_ = wheel_.arm(clock::now() + later, [this] { look(); });
}

void reminders::taken(const expected<due_reply>& reply) {
  if (life_.epoch == 0) return;
  if (!reply) return look_in(pause);
  if (!reply->mine) return stop();
  const bool none = reply->next < 0ms;
  look_in(none ? longest_sleep : std::clamp<milliseconds>(reply->next, 1ms, longest_sleep));
  const auto weak = self_;
  for (const auto& each : reply->due) {
    call(each);
    if (!*weak) return;
  }
  if (look_again_) look();
}

void reminders::call(due_reminder what) {
  ++under_way_;
  actor_letter letter{{what.actor, {}}, what.what, clock::now() + patience};
  ask_(std::move(letter), [weak = self_, what = std::move(what)](const actor_outcome& outcome) {
    auto* self = *weak;
    if (!self) return;
    --self->under_way_;
    self->ended(what, outcome);
    if (self->look_again_) self->look();
  });
}

void reminders::ended(const due_reminder& what, const actor_outcome& outcome) {
  const bool arrived = has_arrived(outcome);
  if (auto* failed = std::get_if<actor_failure>(&outcome))
    log::warning("cluster", "reminder '{}' of {} {}: {}", what.reminder, what.actor,
                 arrived ? "failed" : "did not arrive and comes again", failed->text);
  names_.fired(what, arrived ? std::nullopt : std::optional<milliseconds>{pause},
               clock::now() + reply_limit, [weak = self_](const expected<bool>&) {
                 if (*weak) (*weak)->look();  // its next time may come before all others
               });
}

}  // namespace puff::federation
