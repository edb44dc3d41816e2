#include "actors/native_context.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <span>

#include "actors/core/outside_ask.hpp"
#include "actors/node.hpp"
#include "services/redis/command.hpp"

namespace puff {
namespace {

namespace asio = boost::asio;

asio_loop* loop_of(node& over, asio::execution_context& io) {
  for (std::size_t i = 0; i < over.loops(); ++i)
    if (&over.loop(i).io() == &io) return &over.loop(i);
  return nullptr;
}

redis_commands encode(const std::vector<std::string>& words) {
  std::vector<std::string_view> parts{words.begin(), words.end()};
  redis_commands out;
  redis::append_command(out.wire, parts);
  return out;
}

/// Asks by way of `home`, whose thread this is, and resumes the coroutine there.
asio::awaitable<expected<redis_reply>> ask_pool(asio_loop& home, resource<redis_pool_actor> pool,
                                                redis_commands commands,
                                                std::chrono::milliseconds within) {
  // Shared: the loop may end, and its coroutines with it, before the answer comes.
  auto answer = std::make_shared<std::optional<expected<redis_reply>>>();
  commands.deadline = home.now() + within;
  // g++ 12 destroys temporaries of a co_await expression twice: everything has a name here.
  auto start = [&home, &pool, &commands, within, answer](auto handler) {
    auto resume = std::make_shared<decltype(handler)>(std::move(handler));
    outside_ask<redis_reply>(
        home, pool, within,
        [answer, resume, &home](expected<redis_reply> got) {
          answer->emplace(std::move(got));
          asio::post(home.io(), std::move(*resume));
        },
        command_atom::value, redis_request{std::move(commands)});
  };
  auto asked =
      asio::async_initiate<const asio::use_awaitable_t<>, void()>(start, asio::use_awaitable);
  co_await std::move(asked);
  co_return std::move(**answer);
}

}  // namespace

asio::awaitable<expected<redis_value>> native_redis::run(native_redis self,
                                                         std::vector<std::string> words) {
  if (words.empty()) co_return make_error(ec::bad_argument, "a Redis command has at least a name");
  auto io = co_await asio::this_coro::executor;
  auto* home = loop_of(*self.node_, asio::query(io, asio::execution::context));
  if (!home)
    co_return make_error(ec::bad_argument, "a node's resources are used on its own io threads");
  auto found = self.node_->redis_pools().find(self.pool_);
  if (found == self.node_->redis_pools().end())
    co_return make_error(ec::not_found, "there is no Redis pool '" + self.pool_ +
                                            "'; add [[redis]] with this name to puff.toml");
  auto commands = encode(words);
  auto asked = ask_pool(*home, found->second, std::move(commands), self.within_);
  auto reply = co_await std::move(asked);
  if (!reply) co_return std::move(reply.error());
  auto values = reply->take();
  if (values.size() != 1)
    co_return make_error(
        ec::internal, "one command was answered by " + std::to_string(values.size()) + " values");
  co_return std::move(values.front());
}

asio::awaitable<void> native_context::sleep(std::chrono::milliseconds time) const {
  auto io = co_await asio::this_coro::executor;
  asio::steady_timer timer{io, time};
  co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace puff
