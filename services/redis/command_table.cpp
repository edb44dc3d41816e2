#include "services/redis/command_table.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "services/redis/internal/wire_reader.hpp"

namespace puff::redis {
namespace {

enum class rule : std::uint8_t { blocks, blocks_if_asked, begins, ends, refused, refused_form };

struct row {
  std::string_view name;
  rule what;
  std::string_view advice;
};

constexpr std::string_view pubsub_advice =
    "changes the shared connection to pub/sub; use puff.pubsub to subscribe";
constexpr std::string_view login_advice =
    "would log in everyone who shares the connection; put user and password in the pool's URL";
constexpr std::string_view watch_advice =
    "has no meaning on a shared connection; use a Lua script (EVAL) for check-and-set";
constexpr std::string_view stream_advice =
    "turns the connection into an endless stream; use redis-cli or a client of its own";
constexpr std::string_view close_advice =
    "would close or reset the connection that others share; nothing needs to be done instead";
constexpr std::string_view multi_advice =
    "is only possible with MULTI, the commands and EXEC in one pipeline; use "
    "pipeline(transaction=True)";
constexpr std::string_view reply_advice =
    "would shift the replies of everyone who shares the connection; it has no replacement";

constexpr std::array<row, 34> table{{
    {"AUTH", rule::refused, login_advice},
    {"BLMOVE", rule::blocks, {}},
    {"BLMPOP", rule::blocks, {}},
    {"BLPOP", rule::blocks, {}},
    {"BRPOP", rule::blocks, {}},
    {"BRPOPLPUSH", rule::blocks, {}},
    {"BZMPOP", rule::blocks, {}},
    {"BZPOPMAX", rule::blocks, {}},
    {"BZPOPMIN", rule::blocks, {}},
    {"CLIENT", rule::refused_form, reply_advice},
    {"DISCARD", rule::ends, multi_advice},
    {"EXEC", rule::ends, multi_advice},
    {"HELLO", rule::refused,
     "would change the protocol of the shared connection; Puff speaks RESP2"},
    {"MONITOR", rule::refused, stream_advice},
    {"MULTI", rule::begins, multi_advice},
    {"PSUBSCRIBE", rule::refused, pubsub_advice},
    {"PSYNC", rule::refused, stream_advice},
    {"PUNSUBSCRIBE", rule::refused, pubsub_advice},
    {"QUIT", rule::refused, close_advice},
    {"REPLCONF", rule::refused, stream_advice},
    {"RESET", rule::refused, close_advice},
    {"SCRIPT", rule::refused_form, reply_advice},
    {"SELECT", rule::refused,
     "would move everyone who shares the connection to another database; configure a pool with "
     "/db in its URL"},
    {"SSUBSCRIBE", rule::refused, pubsub_advice},
    {"SUBSCRIBE", rule::refused, pubsub_advice},
    {"SUNSUBSCRIBE", rule::refused, pubsub_advice},
    {"SYNC", rule::refused, stream_advice},
    {"UNSUBSCRIBE", rule::refused, pubsub_advice},
    {"UNWATCH", rule::refused, watch_advice},
    {"WAIT", rule::blocks, {}},
    {"WAITAOF", rule::blocks, {}},
    {"WATCH", rule::refused, watch_advice},
    {"XREAD", rule::blocks_if_asked, {}},
    {"XREADGROUP", rule::blocks_if_asked, {}},
}};
static_assert(std::ranges::is_sorted(table, {}, &row::name));

constexpr std::size_t longest_name = 12;

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

const row* find(std::string_view name) noexcept {
  if (name.empty() || name.size() > longest_name) return nullptr;
  std::array<char, longest_name> buffer;
  std::ranges::transform(name, buffer.begin(), upper);
  std::string_view wanted{buffer.data(), name.size()};
  const auto* at = std::ranges::lower_bound(table, wanted, {}, &row::name);
  return at != table.end() && at->name == wanted ? at : nullptr;
}

/// BLOCK stands among the options, which end at STREAMS; a group and its consumer come before.
bool asks_to_block(std::span<const std::string_view> parts) noexcept {
  std::size_t i = internal::is_command(parts[0], "XREADGROUP") ? 4 : 1;
  for (; i < parts.size() && !internal::is_command(parts[i], "STREAMS"); ++i)
    if (internal::is_command(parts[i], "BLOCK")) return true;
  return false;
}

/// CLIENT and SCRIPT have many harmless forms and a few that change what the connection says.
bool changes_replies(std::span<const std::string_view> parts) noexcept {
  if (parts.size() < 2) return false;
  if (internal::is_command(parts[0], "SCRIPT")) return internal::is_command(parts[1], "DEBUG");
  return internal::is_command(parts[1], "REPLY") || internal::is_command(parts[1], "TRACKING") ||
         internal::is_command(parts[1], "CACHING");
}

bool refuses(const row& r, std::span<const std::string_view> parts) noexcept {
  return r.what == rule::refused || (r.what == rule::refused_form && changes_replies(parts));
}

bool blocks(const row& r, std::span<const std::string_view> parts) noexcept {
  return r.what == rule::blocks || (r.what == rule::blocks_if_asked && asks_to_block(parts));
}

error refuse(const row& r) {
  return make_error(ec::unsupported, std::string{r.name} + " " + std::string{r.advice});
}

}  // namespace

bool is_blocking(std::span<const std::string_view> parts) noexcept {
  const auto* r = parts.empty() ? nullptr : find(parts[0]);
  return r != nullptr && blocks(*r, parts);
}

std::string_view refusal(std::span<const std::string_view> parts) noexcept {
  const auto* r = parts.empty() ? nullptr : find(parts[0]);
  return r != nullptr && refuses(*r, parts) ? r->advice : std::string_view{};
}

expected<command_kind> classify(const redis_commands& commands) {
  internal::wire_reader reader{commands.wire};
  auto kind = command_kind::ordinary;
  const row* transaction = nullptr;
  std::uint32_t seen = 0;
  for (; !reader.at_end(); ++seen) {
    if (!reader.next()) return make_error(ec::bad_argument, "malformed Redis command");
    const auto* r = find(reader.parts()[0]);
    if (r == nullptr) continue;
    if (refuses(*r, reader.parts())) return refuse(*r);
    if (r->what == rule::ends && transaction == nullptr) return refuse(*r);
    if (r->what == rule::begins) transaction = r;
    if (r->what == rule::ends) transaction = nullptr;
    if (transaction == nullptr && blocks(*r, reader.parts())) kind = command_kind::blocking;
  }
  if (transaction != nullptr) return refuse(*transaction);
  if (seen == 0 || seen != commands.count)
    return make_error(ec::bad_argument, "a request of " + std::to_string(commands.count) +
                                            " Redis commands holds " + std::to_string(seen));
  return kind;
}

}  // namespace puff::redis
