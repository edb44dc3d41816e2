#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "services/federation/engine.hpp"

namespace puff::federation {
namespace {

using std::chrono::milliseconds;

std::uint32_t budget_until(asks::clock::time_point deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - asks::clock::now()).count();
  constexpr auto most = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(left, 0, most));
}

frame message_frame(frame_kind kind, const actor_letter& letter) {
  frame f;
  f.kind = kind;
  f.actor = letter.to.name;
  f.budget_ms = budget_until(letter.deadline);
  f.what = letter.what;
  return f;
}

}  // namespace

void engine::send(waiting_letter w, const node_identity& to) {
  const auto full = [&] {
    return actor_failure{
        ec::overloaded, {}, "too much waits for node '" + to.node + "' already", {}};
  };
  if (w.moved) return std::exchange(w.moved, nullptr)(w);
  if (!w.done) {
    if (!out_.put(to, message_frame(frame_kind::tell, w.letter), outbox::lane::user))
      ++counts_.lost;
    return;
  }
  if (!asks_.has_credit(to)) return fail(w, full());
  auto f = message_frame(frame_kind::ask, w.letter);
  f.correlation = asks_.add(to, {std::move(w.letter), w.tries, std::move(w.done)});
  const auto number = f.correlation;
  if (out_.put(to, std::move(f), outbox::lane::user)) return;
  auto back = asks_.take(number, to);
  if (back.done) back.done(full());
}

void engine::take(const std::string& field, std::string value) {
  if (field == "v") {
    std::from_chars(value.data(), value.data() + value.size(), heard_version_);
    return member_.look_again();
  }
  if (field == "r") return reminders_.look();
  if (field == "x") closed_ = true;
  if (field != "b") return;
  auto bundle = decode_bundle(value);
  if (bundle) take_bundle(std::move(*bundle));
}

bool engine::seen(const frame_bundle& bundle) {
  auto& last = heard_[bundle.source];
  if (bundle.sequence <= last) return true;
  last = bundle.sequence;
  return false;
}

void engine::take_bundle(frame_bundle bundle) {
  if (bundle.target != member_.life()) {
    frame over;
    over.kind = frame_kind::stale_epoch;
    out_.put(bundle.source, std::move(over), outbox::lane::control);
    return;
  }
  if (seen(bundle)) {
    ++counts_.duplicates;
    return;
  }
  const auto weak = self_;
  for (auto& each : bundle.frames) {
    take_frame(bundle.source, std::move(each));
    if (!*weak) return;
  }
}

void engine::take_frame(const node_identity& from, frame f) {
  switch (f.kind) {
    case frame_kind::ask:
    case frame_kind::tell: return take_message(from, std::move(f));
    case frame_kind::reply:
    case frame_kind::failure: return take_answer(from, std::move(f));
    case frame_kind::not_here: return take_not_here(from, f);
    case frame_kind::stale_epoch: {
      const actor_failure why{
          ec::unavailable, {}, "node '" + from.node + "' has begun another life", {}};
      out_.forget(from, why);
      return asks_.fail(from, why);
    }
    case frame_kind::unspecified: break;
  }
  if (f.correlation != 0)
    answer(from, f.correlation,
           actor_failure{ec::unsupported, {}, "the node asked is of an older release", {}});
}

void engine::take_message(const node_identity& from, frame f) {
  ++counts_.received;
  const bool asked = f.kind == frame_kind::ask;
  // Nobody waits for an answer any more.
  if (asked && f.budget_ms == 0) return;
  waiting_letter w;
  w.letter = {
      {f.actor, options_.member.node}, std::move(f.what), clock::now() + milliseconds{f.budget_ms}};
  if (asked) {
    ++unanswered_;
    w.done = [weak = self_, from, number = f.correlation](actor_outcome outcome) {
      if (auto* self = *weak) self->answer(from, number, std::move(outcome));
    };
    w.moved = [weak = self_, from, number = f.correlation](waiting_letter&) {
      frame elsewhere;
      elsewhere.kind = frame_kind::not_here;
      elsewhere.correlation = number;
      auto* self = *weak;
      if (!self) return;
      --self->unanswered_;
      self->out_.put(from, std::move(elsewhere), outbox::lane::control);
    };
  } else if (f.budget_ms != 0) {
    // Nobody waits for it who could look again: it goes on from here, once.
    w.moved = [weak = self_](waiting_letter& told) {
      auto* self = *weak;
      if (!self) return;
      told.letter.to.node.clear();
      told.moved = nullptr;
      self->find(std::move(told));
    };
  }
  deliver_here(std::move(w));
}

void engine::answer(const node_identity& to, std::uint64_t correlation, actor_outcome outcome) {
  ++counts_.answered;
  --unanswered_;
  frame f;
  f.correlation = correlation;
  if (auto* reply = std::get_if<actor_reply>(&outcome);
      reply && reply->body.size() > options_.max_body)
    outcome = actor_failure{ec::too_large, {}, "the answer is larger than a message may be", {}};
  if (auto* reply = std::get_if<actor_reply>(&outcome)) {
    f.kind = frame_kind::reply;
    f.what = {{}, std::move(reply->content_type), std::move(reply->body)};
  } else {
    f.kind = frame_kind::failure;
    f.failure = std::move(std::get<actor_failure>(outcome));
  }
  out_.put(to, std::move(f), outbox::lane::control);
}

void engine::take_answer(const node_identity& from, frame f) {
  auto asked = asks_.take(f.correlation, from);
  if (!asked.done) return;  // too late
  if (f.kind == frame_kind::reply)
    asked.done(actor_reply{std::move(f.what.content_type), std::move(f.what.body)});
  else
    asked.done(std::move(f.failure));
}

void engine::take_not_here(const node_identity& from, const frame& f) {
  auto asked = asks_.take(f.correlation, from);
  if (!asked.done) return;
  const auto& to = asked.letter.to;
  if (!to.node.empty())
    return asked.done(actor_failure{
        ec::not_found, {}, "'" + to.name + "' does not live on node '" + to.node + "'", {}});
  if (auto at = known_.find(to.name); at != known_.end() && at->second == from) known_.erase(at);
  find({std::move(asked.letter), std::move(asked.done), asked.tries});
}

/// Its node has not got it and will not take it: it is sent to where the actor is by now.
void engine::send_on(const node_identity& from, frame f) {
  waiting_letter w;
  if (f.kind == frame_kind::ask) {
    auto asked = asks_.take(f.correlation, from);
    if (!asked.done) return;
    w = {std::move(asked.letter), std::move(asked.done), asked.tries};
  } else {
    w.letter = {{f.actor, {}}, std::move(f.what), clock::now() + milliseconds{f.budget_ms}};
  }
  const auto& to = w.letter.to;
  if (!to.node.empty())
    return fail(w, {ec::unavailable, {}, "node '" + to.node + "' leaves the cluster", {}});
  if (auto at = known_.find(to.name); at != known_.end() && at->second == from) known_.erase(at);
  find(std::move(w));
}

void engine::refused(const node_identity& to, std::vector<frame> frames, const actor_failure& why) {
  const bool moves = why.code == ec::shutting_down;
  for (auto& each : frames) {
    if (moves && (each.kind == frame_kind::ask || each.kind == frame_kind::tell)) {
      send_on(to, std::move(each));
      continue;
    }
    auto asked = each.kind == frame_kind::ask ? asks_.take(each.correlation, to) : asks::pending{};
    if (asked.done)
      asked.done(why);
    else if (each.kind != frame_kind::ask)
      ++counts_.lost;
  }
}

}  // namespace puff::federation
