#include "services/pubsub/channel_table.hpp"

#include <algorithm>

namespace puff::pubsub {
namespace {

std::size_t place_of(subscription_kind kind) { return static_cast<std::size_t>(kind); }

auto is(const inbox& who) {
  return [&who](const channel_table::member& m) { return m.get() == &who; };
}

}  // namespace

channel_table::effect channel_table::add(const subscription& to, const member& who) {
  auto& members = by_name_[place_of(to.kind)][to.name];
  if (std::any_of(members.begin(), members.end(), is(*who))) return effect::already;
  members.push_back(who);
  by_member_[who.get()].push_back(to);
  return members.size() == 1 ? effect::first : effect::one_of_many;
}

std::optional<bool> channel_table::remove(const subscription& from, const inbox& who) {
  auto& names = by_name_[place_of(from.kind)];
  auto found = names.find(from.name);
  if (found == names.end() || std::erase_if(found->second, is(who)) == 0) return std::nullopt;
  auto has = by_member_.find(&who);
  std::erase(has->second, from);
  if (has->second.empty()) by_member_.erase(has);
  if (!found->second.empty()) return false;
  names.erase(found);
  return true;
}

std::vector<subscription> channel_table::of(const inbox& who) const {
  auto found = by_member_.find(&who);
  return found == by_member_.end() ? std::vector<subscription>{} : found->second;
}

bool channel_table::has(const subscription& what, const inbox& who) const {
  const auto* members = find(what.kind, what.name);
  return members && std::any_of(members->begin(), members->end(), is(who));
}

const channel_table::members_of* channel_table::find(subscription_kind kind,
                                                     const std::string& name) const {
  const auto& names = by_name_[place_of(kind)];
  auto found = names.find(name);
  return found == names.end() ? nullptr : &found->second;
}

channel_table::outcome channel_table::deliver(subscription_kind kind, const std::string& name,
                                              const pubsub_message_ptr& message) const {
  outcome result;
  const auto* members = find(kind, name);
  if (!members) return result;
  result.members = members->size();
  for (const auto& each : *members)
    if (each->push(message) == inbox::room::overflowed) ++result.overflowed;
  return result;
}

void channel_table::for_each_member(
    const std::function<void(inbox&, const std::vector<subscription>&)>& f) const {
  for (const auto& [who, has] : by_member_) f(const_cast<inbox&>(*who), has);
}

void channel_table::for_each_member_of(const subscription& what,
                                       const std::function<void(inbox&)>& f) const {
  if (const auto* members = find(what.kind, what.name))
    for (const auto& each : *members) f(*each);
}

std::vector<channel_table::member> channel_table::forget(const subscription& what) {
  auto& names = by_name_[place_of(what.kind)];
  auto found = names.find(what.name);
  if (found == names.end()) return {};
  auto members = found->second;
  for (const auto& each : members) remove(what, *each);
  return members;
}

std::size_t channel_table::subscriptions() const noexcept {
  std::size_t count = 0;
  for (const auto& names : by_name_) count += names.size();
  return count;
}

}  // namespace puff::pubsub
