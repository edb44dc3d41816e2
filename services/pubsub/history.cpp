#include "services/pubsub/history.hpp"

#include <array>
#include <charconv>
#include <memory>
#include <random>
#include <utility>

#include "services/pubsub/internal/script.hpp"

namespace puff::pubsub {
namespace {

using array = redis_value::array;

// ARGV: the channel, the sender, the body, how many are kept, for how long (ms), an epoch in case
// that there is none.
constexpr std::string_view keep_script = R"lua(
local head, stream, channel = KEYS[1], KEYS[2], ARGV[1]
local epoch = redis.call('HGET', head, 'e')
if not epoch then
  epoch = ARGV[6]
  redis.call('HSET', head, 'e', epoch)
  redis.call('DEL', stream)
end
local n = string.format('%.0f', redis.call('HINCRBY', head, 'n', 1))
redis.call('XADD', stream, 'MAXLEN', ARGV[4], n .. '-0', 'f', ARGV[2], 'b', ARGV[3])
redis.call('PEXPIRE', head, ARGV[5])
redis.call('PEXPIRE', stream, ARGV[5])
return redis.call('PUBLISH', channel,
  '\0puff2:' .. ARGV[2] .. '\0' .. epoch .. '-' .. n .. '\0' .. ARGV[3])
)lua";

// ARGV: epoch and number of the position, how many at most. What is of another epoch, or of a
// number that was not given yet, is no position here: then it is all that is kept.
constexpr std::string_view read_script = R"lua(
local epoch, n = unpack(redis.call('HMGET', KEYS[1], 'e', 'n'))
if not epoch then return {'', '0', {}} end
local from = 0
if ARGV[1] == epoch and tonumber(ARGV[2]) <= tonumber(n) then from = ARGV[2] + 1 end
return {epoch, n,
  redis.call('XREVRANGE', KEYS[2], '+', string.format('%.0f', from), 'COUNT', ARGV[3])}
)lua";

std::array<std::string, 2> keys_of(const std::string& channel) {
  const auto stem = "puff:pubsub:{" + channel + "}:";
  return {stem + "h", stem + "s"};
}

std::string new_epoch() {
  constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuv";
  std::random_device random;
  std::string epoch;
  for (int i = 0; i < 12; ++i) epoch += digits[random() % digits.size()];
  return epoch;
}

const std::string* text_at(const array& of, std::size_t at) {
  return at < of.size() ? std::get_if<std::string>(&of[at].data) : nullptr;
}

const array* array_at(const array& of, std::size_t at) {
  return at < of.size() ? std::get_if<array>(&of[at].data) : nullptr;
}

std::uint64_t number_of(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// [id, [f, sender, b, body]]; null if it is something else.
pubsub_message_ptr message_of(const redis_value& entry, const std::string& channel,
                              const std::string& epoch) {
  const auto* parts = std::get_if<array>(&entry.data);
  const auto* id = parts ? text_at(*parts, 0) : nullptr;
  const auto* fields = parts ? array_at(*parts, 1) : nullptr;
  const auto* from = fields ? text_at(*fields, 1) : nullptr;
  const auto* body = fields ? text_at(*fields, 3) : nullptr;
  if (!id || !from || !body) return nullptr;
  auto made = std::make_shared<pubsub_message>();
  made->channel = channel;
  made->from = *from;
  made->body = *body;
  made->position = to_text({epoch, number_of(*id)});
  return made;
}

/// Whether there is one message for each number behind `since`.
bool is_whole(const history_page& page, const position& since) {
  if (since.epoch.empty()) return true;
  if (since.epoch != page.newest.epoch || since.number > page.newest.number) return false;
  return page.messages.size() == page.newest.number - since.number;
}

expected<history_page> page_of(const redis_value& reply, const std::string& channel,
                               const position& since) {
  const auto* parts = std::get_if<array>(&reply.data);
  const auto* epoch = parts ? text_at(*parts, 0) : nullptr;
  const auto* newest = parts ? text_at(*parts, 1) : nullptr;
  const auto* entries = parts ? array_at(*parts, 2) : nullptr;
  if (!epoch || !newest || !entries)
    return make_error(ec::internal, "the history of '" + channel + "' has another form");
  history_page page{{*epoch, number_of(*newest)}, {}, true};
  for (auto each = entries->rbegin(); each != entries->rend(); ++each)
    if (auto made = message_of(*each, channel, *epoch)) page.messages.push_back(std::move(made));
  page.whole = is_whole(page, since);
  return page;
}

}  // namespace

history::history(redis::client& writes, redis::client& reads) : writes_(writes), reads_(reads) {}

void history::keep(const publication& what, kept_callback done) {
  const auto keys = keys_of(what.channel);
  internal::run_script(
      writes_, keep_script, keys,
      {what.channel, what.from, what.body, std::to_string(what.keep),
       std::to_string(what.keep_for.count()), new_epoch()},
      what.deadline, [done = std::move(done)](expected<redis_value> reply) {
        if (!reply) return done(std::move(reply.error()));
        if (auto* count = std::get_if<std::int64_t>(&reply->data))
          return done(static_cast<std::uint64_t>(*count));
        done(make_error(ec::internal, "a kept publication was answered by no number"));
      });
}

void history::read(const std::string& channel, const position& since, std::size_t count,
                   clock::time_point deadline, page_callback done) {
  const auto keys = keys_of(channel);
  internal::run_script(reads_, read_script, keys,
                       {since.epoch, std::to_string(since.number), std::to_string(count)}, deadline,
                       [channel, since, done = std::move(done)](expected<redis_value> reply) {
                         if (!reply) return done(std::move(reply.error()));
                         done(page_of(*reply, channel, since));
                       });
}

}  // namespace puff::pubsub
