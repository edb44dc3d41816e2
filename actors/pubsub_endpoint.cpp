#include "actors/pubsub_endpoint.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <random>

#include "actors/internal/channel_events.hpp"
#include "services/http/response_writer.hpp"
#include "services/pubsub/position.hpp"

namespace puff {
namespace {

namespace asio = boost::asio;
using inbox_ptr = std::shared_ptr<pubsub::inbox>;

constexpr std::chrono::milliseconds slow_retry{20};
constexpr std::uint16_t internal_error = 1011, policy = 1008;

struct served {
  pubsub_endpoint what;
  native_context context;
  std::shared_ptr<open_streams> streams;
};
using served_ptr = std::shared_ptr<const served>;

std::string channel_of(const served& s, const http::path_params& params) {
  return internal::expanded(s.what.channel,
                            [&](std::string_view name) { return params.get(name); });
}

channel_visit visit_of(const request& head, std::string channel, std::string transport) {
  return {
      std::move(channel),        std::move(transport), std::string{head.path()},
      std::string{head.query()}, head.headers,         head.peer ? head.peer->client_address : ""};
}

std::string new_name() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::random_device random;
  std::string name;
  for (int i = 0; i < 32; ++i) name += digits[random() % digits.size()];
  return name;
}

/// What the guard says, back on this coroutine's thread.
asio::awaitable<expected<std::string>> admitted(std::shared_ptr<channel_guard> guard,
                                                channel_visit visit) {
  if (!guard) co_return std::string{};
  auto executor = co_await asio::this_coro::executor;
  auto answer = std::make_shared<std::optional<expected<std::string>>>();
  auto start = [&](auto handler) {
    auto resume = std::make_shared<decltype(handler)>(std::move(handler));
    guard->ask(std::move(visit), [answer, resume, executor](expected<std::string> how) {
      answer->emplace(std::move(how));
      asio::post(executor, std::move(*resume));
    });
  };
  auto asked =
      asio::async_initiate<const asio::use_awaitable_t<>, void()>(start, asio::use_awaitable);
  co_await std::move(asked);
  co_return std::move(**answer);
}

response refusal(const error& why) {
  if (code_of(why) == ec::bad_request) return http::plain_answer(403);
  return http::plain_answer(code_of(why) == ec::unavailable ? 503 : 500);
}

asio::awaitable<error> join(native_subscriber& room, std::string channel, std::string since) {
  // What a client made up is as good as none, but it must not be told that nothing is missing.
  if (!since.empty() && !pubsub::parse_position(since)) since = "0-0";
  auto joining = since.empty() ? room.subscribe(std::move(channel))
                               : room.subscribe_since(std::move(channel), std::move(since));
  auto failed = co_await std::move(joining);
  co_return failed;
}

pubsub::inbox_options room_for(const pubsub_endpoint& what) {
  pubsub::inbox_options o;
  o.max_messages = what.max_messages;
  o.tells_gaps = true;
  return o;
}

bool is_too_slow(const pubsub_endpoint& what, const pubsub_item& item) {
  return what.when_slow == pubsub_endpoint::slowness::disconnect && item.gap.lost > 0;
}

/// The next item; nothing after `limit` without one, or at the end.
asio::awaitable<std::optional<pubsub_item>> next_within(inbox_ptr inbox,
                                                        std::chrono::milliseconds limit) {
  auto executor = co_await asio::this_coro::executor;
  auto timer = std::make_shared<asio::steady_timer>(executor, limit);
  for (;;) {
    auto item = inbox->take();
    if (item || inbox->ended()) co_return item;
    auto wake = [timer, executor] { asio::post(executor, [timer] { timer->cancel(); }); };
    if (!inbox->wait(wake)) continue;
    boost::system::error_code woken;
    auto token = asio::redirect_error(asio::use_awaitable, woken);
    auto waiting = timer->async_wait(token);
    co_await std::move(waiting);
    if (!woken) co_return std::nullopt;
  }
}

asio::awaitable<void> stream(served_ptr s, http::exchange& x, native_subscriber& room) {
  response_head head;
  head.headers.add("Content-Type", "text/event-stream; charset=utf-8");
  head.headers.add("Cache-Control", "no-store");
  head.headers.add("X-Accel-Buffering", "no");
  x.start(std::move(head));
  auto begun = x.write("retry: 2000\n\n");
  co_await std::move(begun);
  for (auto inbox = room.inbox(); !inbox->ended();) {
    auto next = next_within(inbox, s->what.heartbeat);
    auto item = co_await std::move(next);
    if (item && is_too_slow(s->what, *item)) co_return;
    if (!item && inbox->ended()) co_return;
    auto written = x.write(item ? internal::channel_event(*item) : ":\n\n");
    co_await std::move(written);
  }
}

/// EventSource sends the id of the last event it has seen when it connects again.
std::string last_seen(const request& head) {
  if (const auto seen = head.headers.get("last-event-id"); !seen.empty()) return std::string{seen};
  return internal::query_value(head.query(), "since");
}

asio::awaitable<void> serve_events(served_ptr s, http::exchange& x) {
  auto channel = channel_of(*s, x.params());
  auto question = admitted(s->what.guard, visit_of(x.request(), channel, "sse"));
  auto name = co_await std::move(question);
  if (!name) co_return x.respond(refusal(name.error()));
  auto room = s->context.pubsub(s->what.pool).subscriber(room_for(s->what));
  if (!s->streams->add(room.inbox())) co_return x.respond(http::plain_answer(503));
  const std::shared_ptr<void> listed{
      nullptr, [s, inbox = room.inbox()](void*) { s->streams->remove(*inbox); }};
  auto joining = join(room, channel, last_seen(x.request()));
  auto failed = co_await std::move(joining);
  if (failed) co_return x.respond(http::plain_answer(503));
  try {
    auto streaming = stream(s, x, room);
    co_await std::move(streaming);
  } catch (const boost::system::system_error& gone) {
    if (gone.code() != asio::error::operation_aborted) throw;
  }
}

/// One message to the client: waits while it is slow. False when it is gone.
asio::awaitable<bool> send(std::shared_ptr<http::websocket_sender> to, std::string text) {
  auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer{executor};
  while (!to->try_send({true, text})) {
    if (!to->open()) co_return false;
    timer.expires_after(slow_retry);
    auto waiting = timer.async_wait(asio::use_awaitable);
    co_await std::move(waiting);
  }
  co_return true;
}

/// From the inbox to the client, beside the coroutine that hears the client.
asio::awaitable<void> forward(served_ptr s, inbox_ptr inbox,
                              std::shared_ptr<http::websocket_sender> to) {
  while (to->open()) {
    auto next = next_within(inbox, std::chrono::hours{1});
    auto item = co_await std::move(next);
    if (!item && inbox->ended()) break;
    if (!item) continue;
    if (is_too_slow(s->what, *item)) co_return to->close(policy, "too slow");
    auto sending = send(to, internal::channel_json(*item));
    if (!co_await std::move(sending)) break;
  }
  if (inbox->reason()) to->close(internal_error, "the channel is not there any more");
}

asio::awaitable<void> hear(served_ptr s, http::websocket& socket, std::string channel,
                           std::string name) {
  for (;;) {
    auto hearing = socket.receive();
    auto said = co_await std::move(hearing);
    if (!said) co_return;
    if (!s->what.publishes) co_return socket.close(policy, "this endpoint only tells");
    publication what;
    what.channel = channel;
    what.from = name;
    what.body = std::move(said->data);
    what.keep = s->what.keep;
    what.keep_for = s->what.keep_for;
    auto publishing = s->context.pubsub(s->what.pool).publish(std::move(what));
    auto heard = co_await std::move(publishing);
    if (!heard) co_return socket.close(internal_error, "the message was not published");
  }
}

asio::awaitable<void> serve_socket(served_ptr s, http::websocket& socket) {
  auto channel = channel_of(*s, socket.params());
  auto question = admitted(s->what.guard, visit_of(socket.request(), channel, "websocket"));
  auto name = co_await std::move(question);
  if (!name) co_return socket.refuse(refusal(name.error()));
  auto room = s->context.pubsub(s->what.pool).subscriber(room_for(s->what));
  auto joining = join(room, channel, internal::query_value(socket.request().query(), "since"));
  auto failed = co_await std::move(joining);
  if (failed) co_return socket.refuse(http::plain_answer(503));
  socket.accept();
  auto executor = co_await asio::this_coro::executor;
  asio::co_spawn(executor, forward(s, room.inbox(), socket.sender()), asio::detached);
  auto hearing = hear(s, socket, channel, name->empty() ? new_name() : *name);
  co_await std::move(hearing);
}

/// The names that a channel takes from the path must be there.
error fault_of(const pubsub_endpoint& what) {
  error wrong;
  internal::expanded(what.channel, [&](std::string_view name) {
    const auto one = "{" + std::string{name} + "}", rest = "{" + std::string{name} + "...}";
    if (what.path.find(one) == std::string::npos && what.path.find(rest) == std::string::npos)
      wrong = make_error(ec::bad_config, "the channel '" + what.channel + "' names " + one +
                                             ", which the path '" + what.path + "' does not have");
    return std::string{};
  });
  if (!wrong && !what.websocket && !what.sse)
    wrong = make_error(ec::bad_config,
                       "the endpoint '" + what.path + "' has neither websocket nor sse");
  return wrong;
}

}  // namespace

bool open_streams::add(const stream& what) {
  std::scoped_lock lock{guards_};
  if (!closed_) open_[what.get()] = what;
  return !closed_;
}

void open_streams::remove(const pubsub::inbox& what) {
  std::scoped_lock lock{guards_};
  open_.erase(&what);
}

void open_streams::close() {
  std::unordered_map<const pubsub::inbox*, std::weak_ptr<pubsub::inbox>> ending;
  {
    std::scoped_lock lock{guards_};
    closed_ = true;
    ending.swap(open_);
  }
  for (auto& [key, each] : ending)
    if (auto living = each.lock()) living->close();
}

error add_pubsub_endpoint(http::router& to, const native_context& context, pubsub_endpoint what,
                          std::shared_ptr<open_streams> streams) {
  if (auto wrong = fault_of(what)) return wrong;
  auto s = std::make_shared<const served>(served{std::move(what), context, std::move(streams)});
  error wrong;
  if (s->what.sse)
    wrong = to.add("GET", s->what.path,
                   http::coroutine_handler{[s](http::exchange& x) { return serve_events(s, x); }});
  if (!wrong && s->what.websocket)
    wrong = to.add_websocket(s->what.path,
                             [s](http::websocket& socket) { return serve_socket(s, socket); });
  if (!wrong) return wrong;
  return make_error(ec::bad_config,
                    "[[pubsub_endpoint]] " + s->what.path + ": " + context_of(wrong));
}

}  // namespace puff
