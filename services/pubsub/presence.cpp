#include "services/pubsub/presence.hpp"

#include <array>
#include <utility>

#include "services/pubsub/internal/script.hpp"

namespace puff::pubsub {
namespace {

using array = redis_value::array;

// KEYS: a zset of ids by the end of their leases, a hash of what they said: '1' if it is announced
// or '0', and the info. ARGV[1] is the channel. Whose lease is over is taken out by whoever comes.
constexpr std::string_view common = R"lua(
local leases, infos, channel = KEYS[1], KEYS[2], ARGV[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function tell(event, id, kept)
  if string.sub(kept, 1, 1) ~= '1' then return end
  redis.call('PUBLISH', channel .. '#presence', '{"event":"' .. event .. '","connection_id":' ..
    cjson.encode(id) .. ',"info":' .. string.sub(kept, 2) .. '}')
end
local function take_out(id)
  local kept = redis.call('HGET', infos, id)
  redis.call('ZREM', leases, id)
  redis.call('HDEL', infos, id)
  if kept then tell('leave', id, kept) end
  return kept and 1 or 0
end
local function lend(id, lease)
  redis.call('ZADD', leases, now + lease, id)
  redis.call('PEXPIRE', leases, lease * 10)
  redis.call('PEXPIRE', infos, lease * 10)
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now)) do take_out(id) end
)lua";

// ARGV: the lease (ms), an id, what it says.
constexpr std::string_view enter_script = R"lua(
local is_new = redis.call('HSET', infos, ARGV[3], ARGV[4])
lend(ARGV[3], ARGV[2])
if is_new == 1 then tell('join', ARGV[3], ARGV[4]) end
return 1
)lua";

// ARGV: the lease (ms), ids. Answers those that are not there.
constexpr std::string_view renew_script = R"lua(
local missing = {}
for at = 3, #ARGV do
  if redis.call('HEXISTS', infos, ARGV[at]) == 1 then
    lend(ARGV[at], ARGV[2])
  else
    missing[#missing + 1] = ARGV[at]
  end
end
return missing
)lua";

constexpr std::string_view leave_script = "return take_out(ARGV[2])";
constexpr std::string_view list_script = "return redis.call('HGETALL', infos)";

constexpr std::chrono::seconds farewell_limit{5};
constexpr std::size_t ids_per_script = 500;

void run(redis::client& server, std::string_view script, std::vector<std::string> arguments,
         presence::clock::time_point deadline, std::function<void(expected<redis_value>)> done) {
  const auto stem = "puff:pubsub:{" + arguments.front() + "}:";
  const std::array keys{stem + "p", stem + "i"};
  internal::run_script(server, std::string{common}.append(script), keys, arguments, deadline,
                       std::move(done));
}

std::vector<pubsub_present> present_of(const redis_value& reply) {
  std::vector<pubsub_present> all;
  const auto* words = std::get_if<array>(&reply.data);
  for (std::size_t i = 0; words && i + 1 < words->size(); i += 2) {
    const auto* who = std::get_if<std::string>(&(*words)[i].data);
    const auto* kept = std::get_if<std::string>(&(*words)[i + 1].data);
    if (who && kept && !kept->empty()) all.push_back({*who, kept->substr(1)});
  }
  return all;
}

}  // namespace

presence::presence(redis::client& server, deadline_wheel& wheel, std::chrono::milliseconds lease)
    : server_(server), wheel_(wheel), lease_(lease) {}

presence::~presence() { wheel_.cancel(renewal_); }

void presence::enter(const member& who, const attendance& what, done_callback done) {
  send_enter(what, [this, who, what, done = std::move(done)](const error& failed) {
    if (failed) return done(failed);
    if (who->closed()) {  // it left while it entered
      send_leave(what, {});
      return done(make_error(ec::unavailable, "the subscriber's inbox is closed"));
    }
    here_[what.channel][what.who] = {who.get(), what};
    if (!renews_) expect_renewal();
    done({});
  });
}

void presence::send_enter(const attendance& what, done_callback done) {
  run(server_, enter_script,
      {what.channel, std::to_string(lease_.count()), what.who,
       (what.announced ? "1" : "0") + what.info},
      what.deadline, [done = std::move(done)](const expected<redis_value>& reply) {
        done(reply ? error{} : reply.error());
      });
}

void presence::send_leave(const attendance& what, std::function<void(expected<redis_value>)> done) {
  if (!done) done = [](const expected<redis_value>&) {};  // its lease runs out, if not
  run(server_, leave_script, {what.channel, what.who}, what.deadline, std::move(done));
}

void presence::leave(const attendance& what, done_callback done) {
  if (auto found = here_.find(what.channel); found != here_.end()) {
    found->second.erase(what.who);
    if (found->second.empty()) here_.erase(found);
  }
  send_leave(what, [what, done = std::move(done)](const expected<redis_value>& reply) {
    if (!reply) return done(reply.error());
    const auto* count = std::get_if<std::int64_t>(&reply->data);
    if (count && *count == 1) return done({});
    done(make_error(ec::not_found, "'" + what.who + "' is not in '" + what.channel + "'"));
  });
}

void presence::leave_all(const inbox& who) {
  const auto limit = clock::now() + farewell_limit;
  for (auto channel = here_.begin(); channel != here_.end();) {
    std::erase_if(channel->second, [&](const auto& each) {
      if (each.second.of != &who) return false;
      auto what = each.second.what;
      what.deadline = limit;
      send_leave(what, {});
      return true;
    });
    channel = channel->second.empty() ? here_.erase(channel) : std::next(channel);
  }
}

void presence::list(const std::string& channel, clock::time_point deadline, list_callback done) {
  run(server_, list_script, {channel}, deadline,
      [done = std::move(done)](const expected<redis_value>& reply) {
        if (!reply) return done(reply.error());
        done(present_of(*reply));
      });
}

std::size_t presence::size() const noexcept {
  std::size_t count = 0;
  for (const auto& [channel, all] : here_) count += all.size();
  return count;
}

void presence::expect_renewal() {
  renews_ = !here_.empty();
  if (renews_) renewal_ = wheel_.arm(clock::now() + lease_ / 3, [this] { renew(); });
}

void presence::renew() {
  for (const auto& [channel, all] : here_) renew(channel, all);
  expect_renewal();
}

void presence::renew(const std::string& channel, const members& all) {
  const auto limit = clock::now() + lease_ / 3;
  std::vector<std::string> words;
  auto send = [&] {
    words.insert(words.begin(), {channel, std::to_string(lease_.count())});
    // What fails is tried again with the next renewal.
    run(server_, renew_script, std::exchange(words, {}), limit,
        [this, channel](const expected<redis_value>& reply) {
          if (reply) enter_again(channel, *reply);
        });
  };
  for (const auto& [id, what] : all) {
    words.push_back(id);
    if (words.size() == ids_per_script) send();
  }
  if (!words.empty()) send();
}

void presence::enter_again(const std::string& channel, const redis_value& missing) {
  const auto* ids = std::get_if<array>(&missing.data);
  auto found = here_.find(channel);
  if (!ids || found == here_.end()) return;
  for (const auto& id : *ids) {
    const auto* text = std::get_if<std::string>(&id.data);
    auto whom = text ? found->second.find(*text) : found->second.end();
    if (whom == found->second.end()) continue;
    whom->second.what.deadline = clock::now() + lease_ / 3;
    send_enter(whom->second.what, [](const error&) {});
  }
}

}  // namespace puff::pubsub
