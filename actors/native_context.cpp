#include "actors/native_context.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <span>

#include "actors/native_ask.hpp"
#include "services/redis/command.hpp"

namespace puff {
namespace {

namespace asio = boost::asio;

redis_commands encode(const std::vector<std::string>& words) {
  std::vector<std::string_view> parts{words.begin(), words.end()};
  redis_commands out;
  redis::append_command(out.wire, parts);
  return out;
}

}  // namespace

asio::awaitable<expected<redis_value>> native_redis::run(native_redis self,
                                                         std::vector<std::string> words) {
  if (words.empty()) co_return make_error(ec::bad_argument, "a Redis command has at least a name");
  auto io = co_await asio::this_coro::executor;
  auto home = home_of(*self.node_, io);
  if (!home) co_return std::move(home.error());
  auto found = pool_named(self.node_->redis_pools(), self.pool_, "Redis pool", "redis");
  if (!found) co_return std::move(found.error());
  auto commands = encode(words);
  commands.deadline = (*home)->now() + self.within_;
  redis_request sent{std::move(commands)};
  auto asked = native_ask<redis_reply>(**home, *found, self.within_, command_atom::value, sent);
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
