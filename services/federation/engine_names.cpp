#include <utility>

#include "services/federation/engine.hpp"

namespace puff::federation {
namespace {

constexpr std::uint32_t most_tries = 4;  // to find an actor that moves

actor_failure nobody(const std::string& name) {
  return {
      ec::not_found, {}, "no node of the cluster keeps actors of kind '" + kind_of(name) + "'", {}};
}

actor_failure off_duty(const error& why) {
  const auto text = context_of(why);
  return {ec::unavailable, {}, text.empty() ? "this node has lost its cluster" : text, {}};
}

}  // namespace

void engine::route(waiting_letter w) {
  if (w.letter.what.body.size() > options_.max_body)
    return fail(w, {ec::too_large,
                    {},
                    "a message has at most " + std::to_string(options_.max_body) + " bytes",
                    {}});
  const auto& to = w.letter.to;
  const auto kind = kinds_.find(kind_of(to.name));
  const bool is_here = kind != kinds_.end();
  if (!to.node.empty()) {
    if (to.node == options_.member.node) return deliver_here(std::move(w));
    if (auto* there = member_.member_named(to.node))
      return send(std::move(w), node_identity{there->record.identity});
    return fail(w, {ec::unavailable, {}, "no node '" + to.node + "' is in the cluster", {}});
  }
  if (is_here && kind->second == actor_life::named) return deliver_here(std::move(w));
  if (living_.contains(to.name)) return deliver_here(std::move(w));
  if (auto at = known_.find(to.name); at != known_.end())
    return send(std::move(w), node_identity{at->second});
  find(std::move(w));
}

void engine::find(waiting_letter w) {
  if (++w.tries > most_tries)
    return fail(w, {ec::unavailable, {}, "'" + w.letter.to.name + "' moves between nodes", {}});
  const auto state = member_.where();
  if (state == membership::state::leaving || state == membership::state::left)
    return fail(w, {ec::shutting_down, {}, "this node leaves its cluster", {}});
  if (state == membership::state::joining || state == membership::state::idle)
    return fail(w, off_duty(member_.trouble()));
  const auto name = w.letter.to.name;
  const auto deadline = w.letter.deadline;
  auto& waiting = finding_[name];
  waiting.push_back(std::move(w));
  if (waiting.size() > 1) return;
  names_.find(member_.life(), name, deadline,
              [weak = self_, name](const expected<std::optional<node_identity>>& where) {
                if (auto* self = *weak) self->found(name, where);
              });
}

void engine::found(const std::string& name, const expected<std::optional<node_identity>>& where) {
  auto waiting = finding_.extract(name);
  if (waiting.empty()) return;
  const bool here = where && *where && **where == member_.life();
  if (where && *where && !here) remember(name, **where);
  for (auto& each : waiting.mapped()) {
    if (!where)
      fail(each, failure_of(where.error()));
    else if (!*where)
      fail(each, nobody(name));
    else if (here)
      deliver_here(std::move(each));
    else
      send(std::move(each), node_identity{**where});
  }
}

void engine::remember(const std::string& name, const node_identity& where) {
  if (known_.size() >= options_.max_known_names) known_.clear();
  known_[name] = where;
}

void engine::deliver_here(waiting_letter w) {
  const auto& name = w.letter.to.name;
  const auto kind = kinds_.find(kind_of(name));
  if (kind == kinds_.end()) {
    if (w.moved) return decline(std::move(w));
    return fail(w, nobody(name));
  }
  if (kind->second == actor_life::named) {
    activation none;
    none.fresh = false;
    return hand_over(std::move(w), none);
  }
  auto at = living_.find(name);
  if (at != living_.end() && at->second.token != 0) return hand_over(std::move(w), at->second);
  if (member_.where() != membership::state::member) return fail(w, off_duty(member_.trouble()));
  if (retired_) {
    return decline(std::move(w));
  }
  const bool under_way = at != living_.end();
  const auto copy = name;
  living_[copy].waiting.push_back(std::move(w));
  if (!under_way) activate(copy);
}

/// The name may be this life's still, given to it before it had retired.
void engine::decline(waiting_letter w) {
  const auto life = member_.life();
  const auto name = w.letter.to.name;
  names_.disown(life, name, w.letter.deadline,
                [weak = self_, w = std::move(w)](const expected<bool>&) mutable {
                  auto* self = *weak;
                  if (!self) return;
                  if (w.moved) return std::exchange(w.moved, nullptr)(w);
                  self->find(std::move(w));
                });
}

void engine::activate(const std::string& name) {
  living_[name];
  names_.activate(member_.life(), name, clock::now() + options_.member.lease / 2,
                  [weak = self_, name](const expected<activation_reply>& reply) {
                    if (auto* self = *weak) self->activated(name, reply);
                  });
}

void engine::activated(const std::string& name, const expected<activation_reply>& reply) {
  using state = activation_reply::state;
  auto at = living_.find(name);
  if (at == living_.end() || at->second.token != 0) return;  // fenced meanwhile
  auto waiting = std::move(at->second.waiting);
  const bool here =
      reply && reply->what == state::here && member_.where() == membership::state::member;
  if (!here) living_.erase(at);
  if (here) {
    ++counts_.activated;
    at->second.token = reply->token;
    at->second.saved = reply->saved;
    member_.set_load(living_.size());
    if (waiting.empty()) {
      at->second.fresh = false;
      here_.wake({name,
                  {},
                  clock::now() + options_.member.lease,
                  {reply->token, true, std::exchange(at->second.saved, {})}});
    }
  }
  if (reply && reply->what == state::elsewhere) remember(name, reply->owner);
  for (auto& each : waiting) {
    if (!reply)
      fail(each, failure_of(reply.error()));
    else if (here)
      deliver_here(std::move(each));
    else if (reply->what != state::elsewhere)
      fail(each, off_duty(member_.trouble()));
    else if (each.moved)
      std::exchange(each.moved, nullptr)(each);
    else if (++each.tries > most_tries)
      fail(each, {ec::unavailable, {}, "'" + name + "' moves between nodes", {}});
    else
      send(std::move(each), node_identity{reply->owner});
  }
}

void engine::hand_over(waiting_letter w, activation& a) {
  actor_call call{w.letter.to.name,
                  std::move(w.letter.what),
                  w.letter.deadline,
                  {a.token, std::exchange(a.fresh, false), std::exchange(a.saved, {})}};
  here_.deliver(std::move(call), std::move(w.done));
}

}  // namespace puff::federation
