#include "actors/core/supervisor.hpp"

#include <caf/system_messages.hpp>
#include <random>

#include "actors/core/ask.hpp"
#include "actors/core/end.hpp"

namespace puff {
namespace {

constexpr std::chrono::milliseconds status_patience{1'000};

restart_policy::random own_generator() {
  return [engine = std::minstd_rand{std::random_device{}()}]() mutable {
    return std::generate_canonical<double, 31>(engine);
  };
}

}  // namespace

struct supervisor::member {
  member(child spec, const restart_policy::random& jitter)
      : what(std::move(spec)), policy(what.options.back_off, jitter) {}

  child what;
  restart_policy policy;
  gauge_ptr counts = std::make_shared<gauge>();
  caf::strong_actor_ptr actor;
  actor_state state = actor_state::starting;
  bool was_up = false;
  std::uint64_t starts = 0;
  std::string last_error;
  timer again;
};

supervisor::supervisor(self_pointer<interface> self, supervision how, std::vector<child> children)
    : self_(self), how_(std::move(how)) {
  if (!how_.random) how_.random = own_generator();
  for (auto& spec : children)
    members_.push_back(std::make_unique<member>(std::move(spec), how_.random));
}

supervisor::~supervisor() {
  for (auto& m : members_) {
    if (m->what.publish) m->what.publish(nullptr);
    if (m->actor) tell_to_end(m->actor);
  }
}

supervisor::interface::behavior_type supervisor::make_behavior() {
  self_->set_down_handler([this](caf::down_msg& down) { on_down(down); });
  self_->set_exit_handler([this](caf::exit_msg& order) { end(order.reason); });
  for (auto& m : members_) {
    if (ending_) break;
    start(*m);
  }
  return {[this](status_atom) { return tell_status(make_promise<actor_status>(self_)); },
          [this](end_atom) { return end_for(make_promise<caf::unit_t>(self_)); }};
}

void supervisor::start(member& m) {
  ++m.starts;
  auto started = attempt(m);
  if (!started) return fell(m, started.error());
  m.actor = std::move(*started);
  m.state = actor_state::running;
  m.was_up = true;
  m.policy.came_up(self_->home()->now());
  self_->monitor(m.actor);
  if (m.what.publish) m.what.publish(m.actor);
  if (m.what.options.on_up) m.what.options.on_up();
  report(m, {});
}

expected<caf::strong_actor_ptr> supervisor::attempt(const member& m) const {
  try {
    if (auto actor = m.what.start(m.counts)) return actor;
    return make_error(ec::internal, "its start returned no actor");
  } catch (...) {
    return error_of(std::current_exception());
  }
}

void supervisor::on_down(const caf::down_msg& down) {
  for (auto& m : members_)
    if (m->actor && m->actor->id() == down.source.id()) {
      m->actor = nullptr;
      return fell(*m, down.reason);
    }
}

void supervisor::fell(member& m, const error& reason) {
  using restart = child_options::restart;
  if (m.what.publish) m.what.publish(nullptr);
  if (!is_orderly(reason)) m.last_error = text_of(reason);
  if (m.what.options.on_down) m.what.options.on_down(reason);
  if (ending_ || (m.what.options.when == restart::on_failure && is_orderly(reason))) {
    m.state = actor_state::stopped;
    report(m, reason);
    if (ending_) end_next();
    return;
  }
  plan_restart(m, reason);
}

void supervisor::plan_restart(member& m, const error& reason) {
  auto wait = m.policy.next_wait(self_->home()->now());
  if (!wait) return give_up(m, reason);
  m.state = m.was_up ? actor_state::down : actor_state::starting;
  m.again = after(self_, *wait, [this, &m] { start(m); });
  report(m, reason, *wait);
}

void supervisor::give_up(member& m, const error& reason) {
  const auto& limit = m.policy.options();
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit.window).count();
  auto failure =
      make_error(code_of(reason) == ec::none ? ec::unavailable : code_of(reason),
                 how_.name + " gives up: '" + m.what.name + "' was started again " +
                     std::to_string(limit.ceiling) + " times within " + std::to_string(seconds) +
                     " s and is down once more; last reason: " + text_of(reason));
  m.state = actor_state::stopped;
  report(m, reason);
  if (how_.on_give_up) how_.on_give_up(failure);
  end(failure);
}

void supervisor::report(const member& m, const error& reason,
                        std::chrono::milliseconds restarts_in) {
  if (how_.report) how_.report({m.what.name, m.state, reason, restarts_in});
}

void supervisor::end(const error& reason) {
  if (ending_) return;
  ending_ = true;
  end_reason_ = reason;
  for (auto& m : members_) m->again.cancel();
  end_next();
}

void supervisor::end_next() {
  patience_.cancel();
  for (auto i = members_.rbegin(); i != members_.rend(); ++i) {
    auto& m = **i;
    if (!m.actor) {
      m.state = actor_state::stopped;
      continue;
    }
    tell_to_end(m.actor);
    patience_ = after(self_, m.what.options.patience, [this, &m] { lose_patience(m); });
    return;
  }
  for (auto& asker : end_askers_) asker.deliver(caf::unit);
  end_askers_.clear();
  self_->quit(end_reason_);
}

void supervisor::lose_patience(member& m) {
  kill(m.actor);
  m.actor = nullptr;
  fell(m, make_error(ec::timed_out, "it did not end in time and was killed"));
}

caf::delegated<caf::unit_t> supervisor::end_for(promise<caf::unit_t> asker) {
  auto later = asker.later();
  end_askers_.push_back(std::move(asker));
  end(make_error(ec::shutting_down));
  return later;
}

struct supervisor::census {
  census(actor_status begun, promise<actor_status> whom)
      : so_far(std::move(begun)), asker(std::move(whom)) {}
  ~census() { asker.deliver(std::move(so_far)); }

  actor_status so_far;
  promise<actor_status> asker;
};

caf::delegated<actor_status> supervisor::tell_status(promise<actor_status> asker) {
  auto later = asker.later();
  actor_status own{.name = how_.name, .state = actor_state::running};
  read_gauge(self_->counts(), own);
  for (auto& m : members_) own.children.push_back(status_of(*m));
  // The answer leaves with its last owner: at once, or when the last child supervisor has told.
  auto gathered = std::make_shared<census>(std::move(own), std::move(asker));
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (!members_[i]->what.is_supervisor || !members_[i]->actor) continue;
    auto whom = caf::actor_cast<supervisor_actor>(members_[i]->actor);
    ask(self_, whom, status_patience, status_atom::value)
        .then(
            [gathered, i](actor_status& below) {
              gathered->so_far.children[i].children = std::move(below.children);
            },
            [gathered, i](const error& why) {
              gathered->so_far.children[i].last_error = "no status: " + describe(why);
            });
  }
  return later;
}

actor_status supervisor::status_of(const member& m) const {
  actor_status s{.name = m.what.name, .state = m.state, .last_error = m.last_error};
  s.restarts = m.starts > 1 ? m.starts - 1 : 0;
  read_gauge(*m.counts, s);
  return s;
}

supervisor_actor supervise(caf::actor_system& system, placement where, supervision how,
                           std::vector<child> children) {
  return spawn<supervisor>(system, std::move(where), std::move(how), std::move(children));
}

}  // namespace puff
