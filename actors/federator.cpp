#include "actors/federator.hpp"

#include <algorithm>
#include <caf/send.hpp>
#include <utility>

#include "actors/core/ask.hpp"
#include "actors/core/shared_promise.hpp"
#include "actors/internal/cluster_report.hpp"
#include "services/telemetry/log.hpp"

namespace puff {
namespace {

using namespace std::chrono_literals;

constexpr auto rhythm = 500ms;
constexpr auto drain_limit = 20s;

actor_failure nobody(const std::string& name) {
  return {ec::not_found, {}, "nobody keeps actors of kind '" + kind_of(name) + "'", {}};
}

}  // namespace

federator::federator(self_pointer<interface> self, boost::asio::io_context& io,
                     federator_options options)
    : self_(self), io_(io), options_(std::move(options)) {}

federator::~federator() {
  // What waits is answered by this, so nobody must come back.
  options_.leases->set({});
  engine_.reset();
  if (client_) client_->close();
}

federator::interface::behavior_type federator::make_behavior() {
  if (options_.cluster) {
    auto& wheel = self_->home()->deadlines();
    options_.leases->set({});
    client_ = std::make_unique<redis::client>(io_, wheel, options_.cluster->client);
    client_->start();
    engine_ = std::make_unique<federation::engine>(static_cast<command_port&>(*this), wheel,
                                                   options_.cluster->engine,
                                                   static_cast<federation::local_side&>(*this));
    engine_->start();
  }
  counting_ = every(self_, rhythm, [this] { count(); });
  return {
      [this](ask_atom, actor_letter_parcel& letter) { return ask_for(letter.take()); },
      [this](tell_atom, actor_letter_parcel& letter) { tell(letter.take()); },
      [this](announce_atom, actor_announcement_parcel& what, named_actor& who) {
        announce(what.take(), {{}, std::move(who), std::nullopt});
      },
      [this](announce_atom, actor_announcement_parcel& what, actor_host_actor& host) {
        announce(what.take(), {{}, host, host});
      },
      [this](withdraw_atom, const std::string& kind) { withdraw(kind); },
      [this](rest_atom, actor_rest_parcel& what) { return rest(what.take()); },
      [this](remind_atom, actor_reminder_parcel& what) { return remind(what.take()); },
      [this](forget_atom, const std::string& actor, const std::string& reminder) {
        return forget(actor, reminder);
      },
      [this](describe_atom) { return describe(); },
      [this](retire_atom) { return retire(); },
      [this](drain_atom) { return drain(); },
      [this](check_atom) { return check(); },
  };
}

void federator::send(redis_commands commands, clock::time_point deadline, reply_callback done) {
  client_->send(std::move(commands), deadline, std::move(done));
}

void federator::deliver(actor_call call, outcome_callback answer) {
  auto found = keepers_.find(kind_of(call.name));
  if (found == keepers_.end()) {
    if (answer) answer(nobody(call.name));
    return;
  }
  const auto deadline = call.deadline;
  if (!answer)
    return self_->send(found->second.who, tell_atom::value, actor_call_parcel{std::move(call)});
  auto tell = std::make_shared<outcome_callback>(std::move(answer));
  ask(self_, found->second.who, deadline, ask_atom::value, actor_call_parcel{std::move(call)})
      .then([tell](actor_outcome_parcel& outcome) { (*tell)(outcome.take()); },
            [tell](const error& why) { (*tell)(failure_of(why)); });
}

void federator::wake(actor_call call) {
  auto found = keepers_.find(kind_of(call.name));
  if (found != keepers_.end() && found->second.host)
    self_->send(*found->second.host, wake_atom::value, actor_call_parcel{std::move(call)});
}

void federator::fence() {
  for (const auto& [kind, each] : keepers_)
    if (each.host) self_->send(*each.host, fence_atom::value);
}

void federator::valid_until(clock::time_point when) {
  options_.leases->set(when);
  answer_checks();
}

caf::delegated<actor_outcome_parcel> federator::ask_for(actor_letter letter) {
  auto answer = [owed = make_shared_promise<actor_outcome_parcel>(self_)](actor_outcome outcome) {
    owed->deliver(actor_outcome_parcel{std::move(outcome)});
  };
  if (engine_)
    engine_->ask(std::move(letter), std::move(answer));
  else
    deliver_alone(std::move(letter), std::move(answer));
  return {};
}

void federator::tell(actor_letter letter) {
  if (engine_)
    engine_->tell(std::move(letter));
  else
    deliver_alone(std::move(letter), nullptr);
}

void federator::deliver_alone(actor_letter letter, outcome_callback answer) {
  const auto& to = letter.to;
  auto refuse = [&](actor_failure why) {
    if (answer) answer(std::move(why));
  };
  if (!to.node.empty() && to.node != options_.node)
    return refuse(
        {ec::unavailable, {}, "this node has no cluster with a node '" + to.node + "'", {}});
  auto found = keepers_.find(kind_of(to.name));
  if (found == keepers_.end()) return refuse(nobody(to.name));
  actor_call call{to.name, std::move(letter.what), letter.deadline, {}};
  if (found->second.life != actor_life::named) {
    auto& mine = alone_[call.name];
    const bool fresh = !mine.lives;
    if (fresh) mine = {++last_token_, true, std::move(mine.saved)};
    call.activation = {mine.token, fresh, fresh ? mine.saved : std::string{}};
  }
  deliver(std::move(call), std::move(answer));
}

void federator::announce(actor_announcement what, keeper who) {
  who.life = what.life;
  const bool alone = !engine_ && what.life == actor_life::singleton && who.host;
  const auto kind = what.kind;
  keepers_.insert_or_assign(kind, std::move(who));
  if (engine_) return engine_->announce(std::move(what));
  if (!alone || alone_[kind].lives) return;
  alone_[kind] = {++last_token_, true, {}};
  wake({kind, {}, clock::now() + rhythm, {last_token_, true, {}}});
}

void federator::rest_alone(const actor_rest& what) {
  auto at = alone_.find(what.name);
  if (at == alone_.end() || at->second.token != what.token) return;
  if (what.saves) at->second.saved = what.state;
  if (what.releases) at->second.lives = false;
  if (what.releases && at->second.saved.empty()) alone_.erase(at);
}

void federator::withdraw(const std::string& kind) {
  if (engine_) engine_->withdraw(kind);
  keepers_.erase(kind);
}

caf::delegated<rest_atom> federator::rest(const actor_rest& what) {
  auto owed = make_shared_promise<rest_atom>(self_);
  if (!engine_) {
    rest_alone(what);
    owed->deliver(rest_atom::value);
    return {};
  }
  engine_->rest(what, [owed, name = what.name](expected<bool> kept) {
    if (!kept)
      owed->deliver(std::move(kept.error()));
    else if (!*kept)
      owed->deliver(make_error(ec::cancelled, "'" + name + "' lives on another node by now"));
    else
      owed->deliver(rest_atom::value);
  });
  return {};
}

caf::delegated<remind_atom> federator::remind(const actor_reminder& what) {
  auto owed = make_shared_promise<remind_atom>(self_);
  if (!engine_) {
    owed->deliver(make_error(ec::unsupported, "reminders need a cluster: see [cluster]"));
    return {};
  }
  engine_->remind(what, [owed](expected<bool> kept) {
    if (kept)
      owed->deliver(remind_atom::value);
    else
      owed->deliver(std::move(kept.error()));
  });
  return {};
}

caf::delegated<bool> federator::forget(const std::string& actor, const std::string& reminder) {
  auto owed = make_shared_promise<bool>(self_);
  if (!engine_) {
    owed->deliver(false);
    return {};
  }
  engine_->forget(actor, reminder,
                  [owed](expected<bool> known) { owed->deliver(std::move(known)); });
  return {};
}

caf::delegated<retire_atom> federator::retire() {
  auto owed = make_shared_promise<retire_atom>(self_);
  if (engine_) engine_->retire();
  end_actors(retire_atom::value, [owed] { owed->deliver(retire_atom::value); });
  return {};
}

caf::delegated<drain_atom> federator::drain() {
  draining_.push_back(make_promise<drain_atom>(self_));
  if (draining_.size() > 1) return {};
  if (engine_) engine_->retire();
  end_actors(drain_atom::value, [this] { leave(); });
  return {};
}

template <class Atom>
void federator::end_actors(Atom how, std::function<void()> then) {
  std::vector<actor_host_actor> hosts;
  for (const auto& [kind, each] : keepers_)
    if (each.host && std::find(hosts.begin(), hosts.end(), *each.host) == hosts.end())
      hosts.push_back(*each.host);
  if (hosts.empty()) return then();
  auto one_less = [left = std::make_shared<std::size_t>(hosts.size()), then = std::move(then)] {
    if (--*left == 0) then();
  };
  for (const auto& each : hosts)
    ask(self_, each, drain_limit, how)
        .then([one_less](Atom) { one_less(); },
              [one_less](const error& why) {
                log::warning("cluster", "some actors were not put to rest: {}",
                             puff::describe(why));
                one_less();
              });
}

void federator::leave() {
  auto answer = [this, home = self_->home(), id = self_->id()] {
    if (!home->hosts(id)) return;
    for (auto& each : std::exchange(draining_, {})) each.deliver(drain_atom::value);
  };
  if (engine_)
    engine_->leave(std::move(answer));
  else
    answer();
}

caf::delegated<check_atom> federator::check() {
  const auto patience = options_.cluster ? options_.cluster->engine.member.lease + 2s : 0ms;
  checks_.emplace_back(clock::now() + patience, make_promise<check_atom>(self_));
  answer_checks();
  return {};
}

void federator::answer_checks() {
  using state = federation::membership::state;
  const bool joined = !engine_ || engine_->me().where() == state::member;
  for (auto& [until, owed] : std::exchange(checks_, {})) {
    if (joined)
      owed.deliver(check_atom::value);
    else if (clock::now() >= until)
      owed.deliver(engine_->me().trouble());
    else
      checks_.emplace_back(until, std::move(owed));
  }
}

caf::delegated<cluster_report_parcel> federator::describe() {
  auto owed = make_shared_promise<cluster_report_parcel>(self_);
  if (!engine_)
    owed->deliver(cluster_report_parcel{cluster_report{"no cluster\n", "null"}});
  else
    engine_->refresh([this, owed] {
      owed->deliver(cluster_report_parcel{
          internal::report_of(options_.cluster->engine.cluster, engine_->me())});
    });
  return {};
}

void federator::count() {
  answer_checks();
  if (!engine_) return;
  auto& counts = self_->counts();
  const auto s = engine_->stats();
  counts.level("members") = engine_->me().view().members.size();
  counts.level("living") = s.living;
  counts.level("waiting") = s.waiting;
  counts.level("outgoing") = s.outgoing;
  counts.total("asked") = s.asked;
  counts.total("told") = s.told;
  counts.total("received") = s.received;
  counts.total("answered") = s.answered;
  counts.total("activated") = s.activated;
  counts.total("fenced") = s.fenced;
  counts.total("lost") = s.lost;
  counts.total("duplicates") = s.duplicates;
}

}  // namespace puff
