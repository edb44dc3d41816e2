#include "services/federation/asks.hpp"

#include <utility>

namespace puff::federation {

asks::asks(deadline_wheel& wheel, std::size_t most_to_one)
    : wheel_(wheel), most_to_one_(most_to_one) {}

asks::~asks() {
  for (auto& [number, each] : all_) wheel_.cancel(each.expiry);
}

bool asks::has_credit(const node_identity& to) const noexcept {
  auto found = under_way_.find(to);
  return found == under_way_.end() || found->second < most_to_one_;
}

std::uint64_t asks::add(const node_identity& to, pending what) {
  const auto number = ++last_;
  const auto deadline = what.letter.deadline;
  ++under_way_[to];
  auto expiry = wheel_.arm(deadline, [this, number] {
    auto late = release(all_.find(number));
    late.done(actor_failure{ec::timed_out, {}, "no answer from '" + late.letter.to.name + "'", {}});
  });
  all_.emplace(number, entry{to, std::move(what), expiry});
  return number;
}

asks::pending asks::release(entries::iterator at) {
  auto what = std::move(at->second.what);
  wheel_.cancel(at->second.expiry);
  auto counted = under_way_.find(at->second.to);
  if (--counted->second == 0) under_way_.erase(counted);
  all_.erase(at);
  return what;
}

asks::pending asks::take(std::uint64_t number, const node_identity& from) {
  auto found = all_.find(number);
  if (found == all_.end() || found->second.to != from) return {};
  return release(found);
}

void asks::fail(const node_identity& to, const actor_failure& why) {
  std::vector<pending> lost;
  for (auto at = all_.begin(); at != all_.end();) {
    auto here = at++;
    if (here->second.to == to) lost.push_back(release(here));
  }
  for (auto& each : lost) each.done(why);
}

std::vector<node_identity> asks::peers() const {
  std::vector<node_identity> who;
  for (const auto& [each, count] : under_way_) who.push_back(each);
  return who;
}

void asks::fail_all(const actor_failure& why) {
  std::vector<pending> lost;
  while (!all_.empty()) lost.push_back(release(all_.begin()));
  for (auto& each : lost) each.done(why);
}

}  // namespace puff::federation
