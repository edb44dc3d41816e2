#include "services/redis/script.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace puff::redis {
namespace {

/// The words of a script's call behind its name or digest.
std::string tail_of(std::string_view key, const std::vector<std::string_view>& arguments) {
  std::string wire;
  std::size_t size = key.size() + 32;
  for (auto a : arguments) size += a.size() + 16;
  wire.reserve(size);
  auto word = [&](std::string_view w) {
    wire += '$';
    wire += std::to_string(w.size());
    wire += "\r\n";
    wire += w;
    wire += "\r\n";
  };
  word("1");
  word(key);
  for (auto a : arguments) word(a);
  return wire;
}

redis_commands call_of(std::string_view command, std::string_view what, std::size_t words,
                       const std::string& tail) {
  redis_commands commands;
  commands.wire.reserve(tail.size() + what.size() + 64);
  commands.wire += '*' + std::to_string(words) + "\r\n$" + std::to_string(command.size()) + "\r\n";
  commands.wire += command;
  commands.wire += "\r\n$" + std::to_string(what.size()) + "\r\n";
  commands.wire += what;
  commands.wire += "\r\n";
  commands.wire += tail;
  return commands;
}

const std::string* failure_of(const redis_value& v) {
  auto* failed = std::get_if<redis_value::failure>(&v.data);
  return failed ? &failed->text : nullptr;
}

}  // namespace

const script* find_script(std::span<const script> all, std::string_view name) noexcept {
  auto found = std::find_if(all.begin(), all.end(), [&](const auto& s) { return s.name == name; });
  return found == all.end() ? nullptr : &*found;
}

void call_script(command_port& port, const script& what, std::string_view key,
                 const std::vector<std::string_view>& arguments,
                 command_port::clock::time_point deadline,
                 std::function<void(expected<redis_value>)> done) {
  auto tail = tail_of(key, arguments);
  const auto count = arguments.size() + 4;
  auto commands = call_of("EVALSHA", what.digest, count, tail);
  auto finish = [done = std::move(done)](expected<std::vector<redis_value>> replies) {
    if (!replies) return done(std::move(replies.error()));
    if (auto* text = failure_of(replies->front())) return done(make_error(ec::server_error, *text));
    done(std::move(replies->front()));
  };
  port.send(std::move(commands), deadline,
            [&port, &what, count, deadline, tail = std::move(tail),
             finish = std::move(finish)](expected<std::vector<redis_value>> replies) mutable {
              auto* text = replies ? failure_of(replies->front()) : nullptr;
              if (!text || !text->starts_with("NOSCRIPT")) return finish(std::move(replies));
              port.send(call_of("EVAL", what.text, count, tail), deadline, std::move(finish));
            });
}

}  // namespace puff::redis
