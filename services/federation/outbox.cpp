#include "services/federation/outbox.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace puff::federation {
namespace {

using namespace std::chrono_literals;

constexpr auto pause = 50ms;

bool is_control(const frame& f) { return f.kind != frame_kind::ask && f.kind != frame_kind::tell; }

}  // namespace

outbox::outbox(registry& names, deadline_wheel& wheel, outbox_options options, on_refused refused)
    : names_(names),
      wheel_(wheel),
      options_(options),
      refused_(std::move(refused)),
      self_(std::make_shared<outbox*>(this)) {}

outbox::~outbox() {
  *self_ = nullptr;
  for (auto& [who, p] : peers_) wheel_.cancel(p->again);
}

void outbox::begin(node_identity source) {
  for (auto& [who, p] : peers_) wheel_.cancel(p->again);
  peers_.clear();
  source_ = std::move(source);
}

bool outbox::put(const node_identity& to, frame f, lane which) {
  auto& p = peers_[to];
  if (!p) {
    p = std::make_shared<peer>();
    p->who = to;
  }
  if (which == lane::control) {
    p->control.push_back(std::move(f));
  } else {
    const auto size = f.what.body.size();
    if (p->user.size() >= options_.max_frames ||
        (p->bytes != 0 && p->bytes + size > options_.max_bytes))
      return false;
    p->bytes += size;
    p->user.push_back(std::move(f));
  }
  if (p->sending.empty()) {
    pack(*p);
    send(std::shared_ptr<peer>{p});
  }
  return true;
}

void outbox::pack(peer& p) {
  std::size_t bytes = 0;
  auto take = [&](std::deque<frame>& from) {
    while (!from.empty() && p.sending.size() < options_.bundle_frames) {
      const auto size = from.front().what.body.size();
      if (!p.sending.empty() && bytes + size > options_.bundle_bytes) return;
      bytes += size;
      if (&from == &p.user) p.bytes -= size;
      p.sending.push_back(std::move(from.front()));
      from.pop_front();
    }
  };
  take(p.control);
  take(p.user);
  if (p.sending.empty()) return;
  frame_bundle bundle;
  bundle.source = source_;
  bundle.target = p.who;
  bundle.sequence = ++p.sequence;
  bundle.frames.swap(p.sending);
  p.bundle = encode(bundle);
  bundle.frames.swap(p.sending);
  p.since = clock::now();
  p.uncertain = false;
}

void outbox::send(const std::shared_ptr<peer>& p) {
  // An inbox that is full for asks still has room for answers.
  const bool answers = is_control(p->sending.front());
  // Answers come first in a bundle.
  const bool more = !is_control(p->sending.back());
  names_.post(p->who, p->bundle, more ? registry::content::more : registry::content::answers,
              options_.inbox_bound * (answers ? 2 : 1), clock::now() + options_.patience / 4,
              [weak = self_, p](const expected<post_reply>& reply) {
                if (*weak && (*weak)->peers_.contains(p->who) && (*weak)->peers_[p->who] == p)
                  (*weak)->sent(p, reply);
              });
}

void outbox::sent(const std::shared_ptr<peer>& p, const expected<post_reply>& reply) {
  if (!reply) {
    p->uncertain = true;
    if (clock::now() - p->since < options_.patience) return send_later(p);
    return give_up(p, {ec::unavailable, {}, context_of(reply.error()), {}});
  }
  if (*reply == post_reply::life_over)
    return forget(p->who, {p->uncertain ? ec::unavailable : ec::shutting_down,
                           {},
                           "node '" + p->who.node + "' is gone",
                           {}});
  if (*reply == post_reply::inbox_full)
    return refuse_user(p,
                       {ec::overloaded, {}, "the inbox of node '" + p->who.node + "' is full", {}});
  if (*reply == post_reply::closed)
    return refuse_user(
        p, {ec::shutting_down, {}, "node '" + p->who.node + "' leaves the cluster", {}});
  p->sending.clear();
  pack(*p);
  if (!p->sending.empty()) return send(p);
  p->bundle = {};
}

void outbox::send_later(const std::shared_ptr<peer>& p) {
  wheel_.cancel(p->again);
  p->again = wheel_.arm(clock::now() + pause, [this, p] { send(p); });
}

void outbox::refuse_user(const std::shared_ptr<peer>& p, actor_failure why) {
  auto first_user = std::stable_partition(p->sending.begin(), p->sending.end(), is_control);
  std::vector<frame> tried{std::make_move_iterator(first_user),
                           std::make_move_iterator(p->sending.end())};
  p->sending.erase(first_user, p->sending.end());
  // What was not taken leaves its number free; an attempt before this one may have been.
  const bool uncertain = std::exchange(p->uncertain, false);
  if (!uncertain) --p->sequence;
  auto control = std::move(p->sending);
  p->sending.clear();
  p->control.insert(p->control.begin(), std::make_move_iterator(control.begin()),
                    std::make_move_iterator(control.end()));
  const bool answers_wait = !p->control.empty();
  auto user = std::exchange(p->user, {});
  p->bytes = 0;
  if (answers_wait) {
    pack(*p);
    send_later(p);
  }
  const auto weak = self_;
  if (uncertain && !tried.empty())
    refused_(
        p->who, std::exchange(tried, {}),
        {ec::unavailable, {}, "it is not known whether node '" + p->who.node + "' got it", {}});
  tried.insert(tried.end(), std::make_move_iterator(user.begin()),
               std::make_move_iterator(user.end()));
  if (*weak) refused_(p->who, std::move(tried), why);
}

void outbox::give_up(const std::shared_ptr<peer>& p, const actor_failure& why) {
  wheel_.cancel(p->again);
  std::vector<frame> lost = std::move(p->sending);
  lost.insert(lost.end(), std::make_move_iterator(p->control.begin()),
              std::make_move_iterator(p->control.end()));
  lost.insert(lost.end(), std::make_move_iterator(p->user.begin()),
              std::make_move_iterator(p->user.end()));
  p->sending.clear();
  p->control.clear();
  p->user.clear();
  p->bytes = 0;
  refused_(p->who, std::move(lost), why);
}

void outbox::forget(const node_identity& to, const actor_failure& why) {
  auto found = peers_.find(to);
  if (found == peers_.end()) return;
  const auto p = found->second;
  peers_.erase(found);
  give_up(p, why);
}

std::size_t outbox::waiting() const noexcept {
  std::size_t sum = 0;
  for (const auto& [who, p] : peers_) sum += p->sending.size() + p->control.size() + p->user.size();
  return sum;
}

}  // namespace puff::federation
