#include "actors/internal/channel_feeds.hpp"

#include <caf/send.hpp>

#include "actors/core/ask.hpp"
#include "services/pubsub/inbox.hpp"
#include "services/telemetry/log.hpp"

namespace puff::internal {
namespace {

using opened = std::function<void(const error&)>;
using taker = std::function<void(expected<pubsub_item>)>;

constexpr auto patience = std::chrono::seconds{5};
constexpr auto grace = std::chrono::seconds{1};  // the hub's own answer is the better one

void report(const std::string& channel, const error& why) {
  log::write_limited(log::level::warning, "graphql", "channel", std::chrono::seconds{1},
                     "a subscription cannot hear '" + channel + "': " + describe(why));
}

/// A channel as an inbox that the hub fills.
class inbox_feed final : public graphql::channel_feed,
                         public std::enable_shared_from_this<inbox_feed> {
 public:
  inbox_feed(loop& home, resource<pubsub_hub_actor> hub) : home_(home), hub_(std::move(hub)) {}
  ~inbox_feed() override {
    inbox_->close();
    if (const auto living = hub_.get())
      caf::anon_send(*living, forget_atom::value, inbox_parcel{inbox_});
  }

  void open(sql_asker::self_type* self, const std::string& channel, opened done) {
    const auto deadline = home_.now() + patience;
    subscription_wish wish{inbox_, {subscription_kind::channel, channel}, deadline};
    opened_ = std::move(done);
    ask(self, hub_, deadline + grace, subscribe_atom::value, subscription_parcel{std::move(wish)})
        .then([me = weak_from_this()](subscribe_atom) { tell_opened(me, {}); },
              [me = weak_from_this(), channel](const error& why) {
                report(channel, why);
                tell_opened(me, why);
              });
  }

  void next(taker to) override {
    if (auto item = inbox_->take()) return to(std::move(*item));
    waiting_ = std::move(to);
    // Runs on the hub's thread, where nothing of this may be touched or end.
    const auto wake = [&home = home_, me = weak_from_this()] {
      home.post([me] {
        if (const auto self = me.lock()) self->awake();
      });
    };
    if (!inbox_->wait(wake)) awake();
  }

 private:
  static void tell_opened(const std::weak_ptr<inbox_feed>& to, const error& outcome) {
    const auto self = to.lock();
    if (!self) return;
    if (const auto tell = std::exchange(self->opened_, nullptr)) tell(outcome);
  }

  void awake() {
    if (waiting_ == nullptr) return;
    if (!inbox_->ended()) return next(std::exchange(waiting_, nullptr));
    const auto why = inbox_->reason();
    std::exchange(waiting_, nullptr)(why ? why : make_error(ec::shutting_down));
  }

  loop& home_;
  const resource<pubsub_hub_actor> hub_;
  const std::shared_ptr<pubsub::inbox> inbox_ = std::make_shared<pubsub::inbox>();
  opened opened_;
  taker waiting_;
};

}  // namespace

std::shared_ptr<graphql::channel_feed> channel_feeds::open(const std::string& pool,
                                                           const std::string& channel,
                                                           opened done) {
  const auto found = hubs_.find(pool);
  auto* self = by_->self;
  if (self == nullptr || found == hubs_.end()) {
    done(make_error(self == nullptr ? ec::shutting_down : ec::not_found));
    return nullptr;
  }
  auto made = std::make_shared<inbox_feed>(*self->home(), found->second);
  made->open(self, channel, std::move(done));
  return made;
}

}  // namespace puff::internal
