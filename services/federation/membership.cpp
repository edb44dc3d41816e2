#include "services/federation/membership.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

namespace puff::federation {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds retry_join{250};

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace

membership::membership(registry& names, deadline_wheel& wheel, membership_options options,
                       membership_listener& listener)
    : names_(names),
      wheel_(wheel),
      options_(std::move(options)),
      listener_(listener),
      self_(std::make_shared<membership*>(this)) {
  record_.release = options_.release;
  record_.host = host_name();
  record_.pid = static_cast<std::uint32_t>(::getpid());
}

membership::~membership() {
  *self_ = nullptr;
  wheel_.cancel(next_);
  wheel_.cancel(validity_);
}

void membership::start() {
  if (state_ != state::idle) return;
  state_ = state::joining;
  trouble_ = make_error(ec::unavailable, "cluster '" + names_.cluster() + "': still joining");
  join();
}

void membership::arm(deadline_wheel::ticket& which, milliseconds later,
                     void (membership::*what)()) {
  wheel_.cancel(which);
  which = wheel_.arm(now() + later, [this, what] { (this->*what)(); });
}

void membership::join() {
  record_.identity = new_life(options_.node);
  record_.joined_ms =
      std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  const auto sent = now();
  names_.join(record_, options_.lease, sent + options_.lease / 2,
              [weak = self_, sent](const expected<join_reply>& reply) {
                auto* self = *weak;
                if (!self || self->state_ != state::joining) return;
                if (reply) return self->joined(*reply, sent);
                self->trouble_ = reply.error();
                self->arm(self->next_, retry_join, &membership::join);
              });
}

void membership::joined(const join_reply& reply, clock::time_point sent) {
  if (!reply.joined) {
    trouble_ = make_error(ec::unavailable,
                          "cluster '" + names_.cluster() + "' has a node named '" + options_.node +
                              "' already: give this one another `name`, or wait until the lease "
                              "of the other is over");
    return arm(next_, std::clamp(reply.lease, milliseconds{10}, retry_join), &membership::join);
  }
  state_ = state::member;
  trouble_ = {};
  renew(sent);
  const auto weak = self_;
  listener_.on_joined(record_.identity);
  if (!*weak) return;
  fetch_view();
  beat();
}

void membership::beat() {
  if (state_ != state::member && state_ != state::fenced) return;
  // Armed also while the last one is under way: that may fail and would be the last.
  arm(next_, options_.lease / 4, &membership::beat);
  const auto feels = options_.feels ? options_.feels() : condition::well;
  if (beating_ || feels == condition::silent) return;
  told_.unwell = feels == condition::unwell;
  beating_ = true;
  const auto sent = now();
  names_.beat(record_.identity, options_.lease, told_, singletons_, sent + options_.lease / 4,
              [weak = self_, sent, life = record_.identity](const expected<beat_reply>& reply) {
                auto* self = *weak;
                if (!self || self->record_.identity != life) return;
                self->beating_ = false;
                self->beaten(reply, sent);
              });
}

void membership::beaten(const expected<beat_reply>& reply, clock::time_point sent) {
  if (state_ != state::member && state_ != state::fenced) return;
  if (!reply) {
    trouble_ = reply.error();
    // Waiting for the next turn would cost half of the time that is left until the fence.
    return arm(next_, options_.lease / 16, &membership::beat);
  }
  if (!reply->alive) return end_life();
  renew(sent);
  if (state_ != state::member) return;  // the answer came too late to count on
  if (reply->version != view_.version) fetch_view();
  listener_.on_singletons(reply->singletons);
}

void membership::renew(clock::time_point sent) {
  valid_until_ = std::max(valid_until_, sent + options_.lease * 3 / 4);
  if (valid_until_ <= now()) return;
  state_ = state::member;
  trouble_ = {};
  wheel_.cancel(validity_);
  validity_ = wheel_.arm(valid_until_, [this] { check_validity(); });
}

void membership::check_validity() {
  if (state_ != state::member || now() < valid_until_) return;
  state_ = state::fenced;
  if (!trouble_)
    trouble_ = make_error(ec::unavailable,
                          "cluster '" + names_.cluster() + "': Redis has not answered in time");
  fence(describe(trouble_));
}

void membership::fence(const std::string& why) {
  valid_until_ = {};
  listener_.on_fenced(why);
}

void membership::end_life() {
  const auto weak = self_;
  const auto over = record_.identity;
  state_ = state::joining;
  beating_ = false;
  fence("this node was silent for longer than its lease");
  if (!*weak) return;
  listener_.on_life_over(over);
  if (*weak) join();
}

void membership::look_again() {
  if (state_ != state::member && state_ != state::fenced) return;
  fetch_view();
  beat();  // a singleton may be free now
}

void membership::refresh(std::function<void()> done) {
  refreshed_.push_back(std::move(done));
  if (!viewing_) fetch_view();
}

void membership::set_singletons(std::vector<std::string> names) {
  singletons_ = std::move(names);
  beat();
}

void membership::fetch_view() {
  view_again_ = viewing_;
  if (viewing_) return;
  viewing_ = true;
  names_.view(now() + options_.lease / 2, [weak = self_](expected<cluster_view> reply) {
    auto* self = *weak;
    if (!self) return;
    self->viewing_ = false;
    self->viewed(std::move(reply));
  });
}

void membership::viewed(expected<cluster_view> reply) {
  const auto weak = self_;
  const bool here = state_ != state::leaving && state_ != state::left;
  if (reply && here) {
    view_ = std::move(*reply);
    listener_.on_view(view_);
    if (!*weak) return;
  }
  for (auto& done : std::exchange(refreshed_, {})) done();
  // A failure is made good by the next beat, which sees another version.
  if (*weak && here && std::exchange(view_again_, false)) fetch_view();
}

void membership::leave(std::function<void()> done) {
  wheel_.cancel(next_);
  wheel_.cancel(validity_);
  const bool joined = state_ == state::member || state_ == state::fenced;
  state_ = joined ? state::leaving : state::left;
  valid_until_ = {};
  if (!joined) return done();
  names_.leave(record_.identity, now() + options_.lease / 4,
               [weak = self_, done = std::move(done)](const expected<bool>&) {
                 if (auto* self = *weak) self->state_ = state::left;
                 done();
               });
}

bool membership::is_living(const node_identity& life) const noexcept {
  return std::any_of(view_.members.begin(), view_.members.end(),
                     [&](const auto& m) { return m.record.identity == life; });
}

const member* membership::member_named(const std::string& node) const noexcept {
  auto found = std::find_if(view_.members.begin(), view_.members.end(),
                            [&](const auto& m) { return m.record.identity.node == node; });
  return found == view_.members.end() ? nullptr : &*found;
}

}  // namespace puff::federation
