#include "actors/native_pubsub.hpp"

#include <caf/send.hpp>

#include "actors/native_ask.hpp"

namespace puff {
namespace {

namespace asio = boost::asio;
using hub_resource = resource<pubsub_hub_actor>;

constexpr std::chrono::seconds within{5};

expected<hub_resource> hub_of(node& over, const std::string& pool) {
  return pool_named(over.pubsub_hubs(), pool, "pub/sub pool", "pubsub");
}

template <class Verb>
asio::awaitable<error> change(node& over, std::string pool, Verb verb, subscription_wish wish) {
  auto io = co_await asio::this_coro::executor;
  auto home = home_of(over, io);
  if (!home) co_return std::move(home.error());
  auto hub = hub_of(over, pool);
  if (!hub) co_return std::move(hub.error());
  wish.deadline = (*home)->now() + within;
  subscription_parcel sent{std::move(wish)};
  auto asked = native_ask<Verb>(**home, *hub, within + std::chrono::seconds{1}, verb, sent);
  auto outcome = co_await std::move(asked);
  co_return outcome ? error{} : std::move(outcome.error());
}

}  // namespace

native_subscriber::native_subscriber(node& over, std::string pool,
                                     std::shared_ptr<pubsub::inbox> inbox)
    : node_(&over), pool_(std::move(pool)), inbox_(std::move(inbox)) {}

native_subscriber::native_subscriber(native_subscriber&&) noexcept = default;

native_subscriber::~native_subscriber() {
  if (inbox_) close();
}

void native_subscriber::close() {
  inbox_->close();
  auto found = node_->pubsub_hubs().find(pool_);
  auto hub = found == node_->pubsub_hubs().end() ? std::nullopt : found->second.get();
  if (hub) caf::anon_send(*hub, forget_atom::value, inbox_parcel{inbox_});
}

asio::awaitable<error> native_subscriber::subscribe(subscription what) {
  return change(*node_, pool_, subscribe_atom::value, {inbox_, std::move(what), {}});
}

asio::awaitable<error> native_subscriber::subscribe_since(std::string channel, std::string since) {
  return change(*node_, pool_, subscribe_atom::value,
                {inbox_, {subscription_kind::channel, std::move(channel)}, {}, std::move(since)});
}

asio::awaitable<error> native_subscriber::unsubscribe(subscription what) {
  return change(*node_, pool_, leave_atom::value, {inbox_, std::move(what), {}});
}

asio::awaitable<std::optional<pubsub_item>> native_subscriber::receive() {
  auto inbox = inbox_;
  auto executor = co_await asio::this_coro::executor;
  for (;;) {
    auto item = inbox->take();
    if (item || inbox->ended()) co_return item;
    auto start = [inbox, executor](auto handler) {
      auto resume = std::make_shared<decltype(handler)>(std::move(handler));
      auto wake = [resume, executor] { asio::post(executor, std::move(*resume)); };
      if (!inbox->wait(wake)) wake();
    };
    auto woken =
        asio::async_initiate<const asio::use_awaitable_t<>, void()>(start, asio::use_awaitable);
    co_await std::move(woken);
  }
}

asio::awaitable<expected<std::uint64_t>> native_pubsub::run(native_pubsub self, publication what) {
  auto io = co_await asio::this_coro::executor;
  auto home = home_of(*self.node_, io);
  if (!home) co_return std::move(home.error());
  auto hub = hub_of(*self.node_, self.pool_);
  if (!hub) co_return std::move(hub.error());
  what.deadline = (*home)->now() + within;
  publication_parcel sent{std::move(what)};
  auto asked = native_ask<std::uint64_t>(**home, *hub, within + std::chrono::seconds{1},
                                         publish_atom::value, sent);
  co_return co_await std::move(asked);
}

native_subscriber native_pubsub::subscriber(pubsub::inbox_options options) const {
  return {*node_, pool_, std::make_shared<pubsub::inbox>(options)};
}

}  // namespace puff
