#include "actors/internal/shared_subscriptions.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace puff::internal {
namespace {

using graphql::prepared_request;
using graphql::response;
using graphql::subscription_calls;

std::size_t hash_of(const prepared_request& what) {
  const auto variables = graphql::to_json(graphql::value{what.variables});
  return std::hash<const void*>{}(what.plan.get()) ^ std::hash<std::string>{}(variables);
}

}  // namespace

/// All who get the same, and the one subscription that they share.
class shared_subscriptions::group : public std::enable_shared_from_this<group> {
 public:
  group(std::shared_ptr<shared_subscriptions> home, std::size_t hash, prepared_request what)
      : hash_(hash), what_(std::move(what)), home_(std::move(home)) {}

  void start();
  void add(member& one);
  void remove(std::size_t place);

  bool serves(const prepared_request& what) const {
    return what.plan == what_.plan && what.variables == what_.variables;
  }
  std::size_t hash() const noexcept { return hash_; }
  shared_subscriptions& home() const noexcept { return *home_; }

 private:
  void opened();
  void deliver(response r);
  void ended(const std::optional<response>& why);
  template <class Do>
  void for_each_member(Do what);
  void close_ranks();

  const std::size_t hash_;
  const prepared_request what_;
  const std::shared_ptr<shared_subscriptions> home_;
  std::vector<member*> members_;  // by their places; null: it has left during a walk
  std::size_t living_ = 0;
  std::shared_ptr<graphql::subscription> source_;
  int walking_ = 0;
  bool is_open_ = false;
};

class shared_subscriptions::member final : public graphql::subscription,
                                           public std::enable_shared_from_this<member> {
 public:
  member(std::shared_ptr<group> in, subscription_calls calls)
      : in_(std::move(in)), calls_(std::move(calls)) {}
  ~member() override { stop(); }

  void stop() override {
    if (const auto left = std::exchange(in_, nullptr)) left->remove(place);
    waiting_ = nullptr;
  }
  void go_on() override {
    is_ready_ = true;
    catch_up();
  }

  void opened() {
    if (calls_.opened) calls_.opened();
  }
  void deliver(const pubsub_message_ptr& event, const pubsub_gap& before) {
    if (is_ready_ && !is_giving_ && !is_behind()) return give(event, before);
    if (!waiting_) waiting_ = std::make_unique<pubsub::inbox>(in_->home().room_);
    if (before) waiting_->missed(before);
    if (waiting_->push(event) == pubsub::inbox::room::overflowed) in_->home().lost_();
  }
  std::size_t place = 0;  ///< in its group

  /// The group is gone.
  void ended(const std::optional<response>& why) {
    const auto keep = shared_from_this();
    in_ = nullptr;
    waiting_ = nullptr;
    calls_.ended(why);
  }

 private:
  bool is_behind() const { return waiting_ && waiting_->size() > 0; }

  void give(const pubsub_message_ptr& event, const pubsub_gap& before) {
    const auto keep = shared_from_this();
    is_ready_ = !calls_.paced;
    response out;
    out.shared = {event, &event->body};
    out.gap = before;
    calls_.next(std::move(out));
  }

  /// One loop however often the last one is taken meanwhile, so that many need no deep stack.
  void catch_up() {
    if (std::exchange(is_giving_, true)) return;
    const auto keep = shared_from_this();
    while (is_ready_ && is_behind()) {
      const auto item = waiting_->take();
      give(item->message, item->gap);
    }
    is_giving_ = false;
  }

  std::shared_ptr<group> in_;  // null when it is over
  const subscription_calls calls_;
  std::unique_ptr<pubsub::inbox> waiting_;  // once it was slow
  bool is_ready_ = true, is_giving_ = false;
};

void shared_subscriptions::group::start() {
  const auto me = weak_from_this();
  subscription_calls calls;
  calls.opened = [me] {
    if (const auto self = me.lock()) self->opened();
  };
  calls.next = [me](response r) {
    if (const auto self = me.lock()) self->deliver(std::move(r));
  };
  calls.ended = [me](const std::optional<response>& why) {
    if (const auto self = me.lock()) self->ended(why);
  };
  auto source = home_->open_(what_, std::move(calls));
  if (!members_.empty()) source_ = std::move(source);
}

template <class Do>
void shared_subscriptions::group::for_each_member(Do what) {
  const auto keep = shared_from_this();
  ++walking_;
  for (std::size_t i = 0, count = members_.size(); i < count && i < members_.size(); ++i)
    if (auto* one = members_[i]) what(*one);
  if (--walking_ == 0 && living_ != members_.size()) close_ranks();
}

void shared_subscriptions::group::close_ranks() {
  std::erase(members_, nullptr);
  for (std::size_t i = 0; i < members_.size(); ++i) members_[i]->place = i;
}

void shared_subscriptions::group::opened() {
  is_open_ = true;
  for_each_member([](member& one) { one.opened(); });
}

void shared_subscriptions::group::deliver(response r) {
  auto event = std::make_shared<pubsub_message>();
  event->body = std::move(r.body);
  const pubsub_message_ptr shared = std::move(event);
  for_each_member([&](member& one) { one.deliver(shared, r.gap); });
}

void shared_subscriptions::group::ended(const std::optional<response>& why) {
  const auto keep = shared_from_this();
  home_->forget(*this);
  source_ = nullptr;
  for_each_member([&](member& one) { one.ended(why); });
  members_.clear();
  living_ = 0;
}

void shared_subscriptions::group::add(member& one) {
  one.place = members_.size();
  members_.push_back(&one);
  ++living_;
  if (is_open_) one.opened();
}

void shared_subscriptions::group::remove(std::size_t place) {
  members_[place] = nullptr;
  --living_;
  if (walking_ == 0) {
    members_[place] = members_.back();
    members_.pop_back();
    if (place < members_.size()) members_[place]->place = place;
  }
  if (living_ > 0) return;
  const auto keep = shared_from_this();
  home_->forget(*this);
  source_ = nullptr;
}

std::shared_ptr<graphql::subscription> shared_subscriptions::join(prepared_request what,
                                                                  subscription_calls calls) {
  const auto hash = hash_of(what);
  auto in = find(hash, what);
  const bool is_new = in == nullptr;
  if (is_new) {
    in = std::make_shared<group>(shared_from_this(), hash, std::move(what));
    groups_.emplace(hash, in);
  }
  auto made = std::make_shared<member>(in, std::move(calls));
  in->add(*made);
  if (is_new) in->start();
  return made;
}

std::shared_ptr<shared_subscriptions::group> shared_subscriptions::find(
    std::size_t hash, const prepared_request& what) const {
  const auto [begin, end] = groups_.equal_range(hash);
  const auto at = std::find_if(begin, end, [&](const auto& g) { return g.second->serves(what); });
  return at == end ? nullptr : at->second;
}

void shared_subscriptions::forget(const group& which) {
  const auto [begin, end] = groups_.equal_range(which.hash());
  const auto at = std::find_if(begin, end, [&](const auto& g) { return g.second.get() == &which; });
  if (at != end) groups_.erase(at);
}

}  // namespace puff::internal
