#include "services/federation/engine.hpp"

#include <algorithm>
#include <utility>

namespace puff::federation {
namespace {

constexpr std::size_t most_remembered_dead = 1'024;
constexpr std::chrono::milliseconds pause_before_retry{20};

}  // namespace

engine::engine(redis::command_port& port, deadline_wheel& wheel, engine_options options,
               local_side& here)
    : options_(std::move(options)),
      wheel_(wheel),
      here_(here),
      names_(port, options_.cluster),
      member_(names_, wheel, options_.member, static_cast<membership_listener&>(*this)),
      asks_(wheel, options_.credits),
      out_(names_, wheel, options_.out,
           [this](const node_identity& to, std::vector<frame> frames, const actor_failure& why) {
             refused(to, std::move(frames), why);
           }),
      inbox_(
          port, wheel,
          [this](const std::string& field, std::string value) { take(field, std::move(value)); }),
      reminders_(names_, wheel,
                 [this](actor_letter letter, outcome_callback done) {
                   ask(std::move(letter), std::move(done));
                 }),
      self_(std::make_shared<engine*>(this)) {}

engine::~engine() {
  *self_ = nullptr;
  wheel_.cancel(look_again_);
}

void engine::start() {
  tell_singletons();
  member_.start();
}

void engine::ask(actor_letter letter, outcome_callback done) {
  ++counts_.asked;
  route({std::move(letter), std::move(done)});
}

void engine::tell(actor_letter letter) {
  ++counts_.told;
  route({std::move(letter), nullptr});
}

void engine::fail(waiting_letter& w, actor_failure why) {
  if (w.done)
    std::exchange(w.done, nullptr)(std::move(why));
  else
    ++counts_.lost;
}

void engine::announce(actor_announcement what) {
  kinds_[what.kind] = what.life;
  if (member_.where() != membership::state::member || retired_) return;
  names_.announce(member_.life(), what.kind, what.life, living_.size(),
                  clock::now() + options_.member.lease, [](const expected<bool>&) {});
  if (what.life == actor_life::singleton) tell_singletons();
}

void engine::withdraw(const std::string& kind) {
  const auto was = kinds_.find(kind);
  if (was == kinds_.end()) return;
  const bool singleton = was->second == actor_life::singleton;
  kinds_.erase(was);
  names_.withdraw(member_.life(), {kind}, clock::now() + options_.member.lease,
                  [](const expected<bool>&) {});
  if (singleton) tell_singletons();
}

void engine::tell_singletons() {
  std::vector<std::string> wanted{registry::reminders_keeper};
  for (const auto& [kind, life] : kinds_)
    if (life == actor_life::singleton && !retired_) wanted.push_back(kind);
  member_.set_singletons(std::move(wanted));
}

void engine::rest(const actor_rest& what, std::function<void(expected<bool>)> done) {
  try_rest(what, clock::now() + options_.member.lease,
           [weak = self_, name = what.name, token = what.token, releases = what.releases,
            done = std::move(done)](expected<bool> kept) {
             if (auto* self = *weak; self && (releases || (kept && !*kept))) {
               auto at = self->living_.find(name);
               if (at != self->living_.end() && at->second.token == token) self->living_.erase(at);
               self->member_.set_load(self->living_.size());
             }
             done(std::move(kept));
           });
}

/// A save that may have been done is the same when it is done again.
void engine::try_rest(const actor_rest& what, clock::time_point deadline,
                      std::function<void(expected<bool>)> done) {
  names_.rest(member_.life(), what, deadline,
              [weak = self_, what, deadline, done = std::move(done)](expected<bool> kept) {
                const bool again = !kept && code_of(kept.error()) == ec::connection_lost &&
                                   !what.releases && clock::now() < deadline;
                if (!again || !*weak) return done(std::move(kept));
                (*weak)->wheel_.arm(clock::now() + pause_before_retry,
                                    [weak, what, deadline, done] {
                                      if (*weak)
                                        (*weak)->try_rest(what, deadline, done);
                                      else
                                        done(make_error(ec::shutting_down));
                                    });
              });
}

void engine::retire() {
  retired_ = true;
  std::vector<std::string> kinds;
  for (const auto& [kind, life] : kinds_) kinds.push_back(kind);
  tell_singletons();
  if (member_.where() == membership::state::member && !kinds.empty())
    names_.withdraw(member_.life(), kinds, clock::now() + options_.member.lease,
                    [](const expected<bool>&) {});
}

void engine::remind(const actor_reminder& what, std::function<void(expected<bool>)> done) {
  if (member_.where() != membership::state::member) return done(member_.trouble());
  names_.remind(what, clock::now() + options_.member.lease, std::move(done));
}

void engine::forget(const std::string& actor, const std::string& reminder,
                    std::function<void(expected<bool>)> done) {
  if (member_.where() != membership::state::member) return done(member_.trouble());
  names_.forget(actor, reminder, clock::now() + options_.member.lease, std::move(done));
}

void engine::on_joined(const node_identity& life) {
  heard_.clear();
  heard_version_ = 0;
  known_.clear();
  out_.begin(life);
  inbox_.read(names_.inbox_of(life));
  here_.valid_until(member_.valid_until());
  for (const auto& [kind, how] : kinds_) announce({kind, how});
}

void engine::on_view(const cluster_view&) {
  auto gone = [&](const node_identity& life) { return !member_.is_living(life); };
  std::erase_if(known_, [&](const auto& each) { return gone(each.second); });
  std::vector<node_identity> dead;
  for (const auto& [who, last] : heard_)
    if (gone(who)) dead.push_back(who);
  // Their last bundles may still come: they are forgotten only when there are many.
  if (dead.size() > most_remembered_dead)
    for (const auto& who : dead) heard_.erase(who);
  here_.valid_until(member_.valid_until());
  // What the gone have answered lies in the inbox before the entry that tells of this view.
  if (heard_version_ < member_.view().version) return;
  auto lost = asks_.peers();
  std::erase_if(lost, [&](const auto& who) { return !gone(who); });
  // Who joined after this view was made is not in it: a view that is older than the ask says
  // nothing.
  for (const auto& who : lost) {
    const actor_failure why{ec::unavailable, {}, "node '" + who.node + "' is gone", {}};
    out_.forget(who, why);
    asks_.fail(who, why);
  }
}

void engine::on_fenced(const std::string& why) {
  ++counts_.fenced;
  here_.valid_until({});
  reminders_.stop();
  for (auto& [name, a] : std::exchange(living_, {}))
    for (auto& each : a.waiting) fail(each, {ec::unavailable, {}, why, {}});
  member_.set_load(0);
  here_.fence();
}

void engine::on_life_over(const node_identity& life) {
  inbox_.stop();
  const actor_failure why{ec::unavailable,
                          {},
                          "the life of node '" + life.node +
                              "' is over: it was "
                              "silent for longer than its lease",
                          {}};
  asks_.fail_all(why);
  out_.begin({});
}

void engine::on_singletons(const std::vector<std::string>& names) {
  here_.valid_until(member_.valid_until());
  const auto calls = std::find(names.begin(), names.end(), registry::reminders_keeper);
  if (calls != names.end())
    reminders_.call_for(member_.life());
  else
    reminders_.stop();
  for (const auto& name : names)
    if (!living_.contains(name) && keeps(name) && !retired_) activate(name);
}

engine_stats engine::stats() const noexcept {
  auto s = counts_;
  s.waiting = asks_.size();
  s.outgoing = out_.waiting();
  s.living = living_.size();
  return s;
}

}  // namespace puff::federation
