#include "services/pubsub/internal/script.hpp"

#include <utility>

#include "services/redis/command.hpp"

namespace puff::pubsub::internal {

void run_script(redis::client& server, std::string_view text, std::span<const std::string> keys,
                const std::vector<std::string>& arguments,
                redis::client::clock::time_point deadline,
                std::function<void(expected<redis_value>)> done) {
  const auto count = std::to_string(keys.size());
  std::vector<std::string_view> parts{"EVAL", text, count};
  parts.insert(parts.end(), keys.begin(), keys.end());
  parts.insert(parts.end(), arguments.begin(), arguments.end());
  redis_commands command;
  redis::append_command(command.wire, parts);
  server.send(std::move(command), deadline,
              [done = std::move(done)](expected<std::vector<redis_value>> replies) {
                if (!replies) return done(std::move(replies.error()));
                if (auto* failed = std::get_if<redis_value::failure>(&replies->front().data))
                  return done(make_error(ec::server_error, failed->text));
                done(std::move(replies->front()));
              });
}

}  // namespace puff::pubsub::internal
