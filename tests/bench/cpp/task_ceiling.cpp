// What Redis itself lets through: a script that ends a batch of tasks and claims the next, records
// in one hash and as long as Puff's, without anything around it.
//
//   bench_task_ceiling PORT TASKS CALLS     one line of JSON: rps; CALLS are on their way at once
#include <hiredis/hiredis.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr int batch = 64;
constexpr int record_size = 90;

constexpr std::string_view end_and_claim = R"(
local want = tonumber(ARGV[1])
if ARGV[2] then
  local ids = {unpack(ARGV, 2)}
  redis.call('ZREM', KEYS[3], unpack(ids))
  redis.call('HDEL', KEYS[1], unpack(ids))
end
local popped = redis.call('ZPOPMIN', KEYS[2], want)
local ids, leases = {}, {}
for i = 1, #popped, 2 do
  ids[#ids + 1] = popped[i]
  leases[#leases + 1] = 1e12
  leases[#leases + 1] = popped[i]
end
if not ids[1] then return {ids, {}} end
redis.call('ZADD', KEYS[3], unpack(leases))
return {ids, redis.call('HMGET', KEYS[1], unpack(ids))}
)";

using reply = std::unique_ptr<redisReply, decltype(&freeReplyObject)>;

class client {
 public:
  explicit client(int port) : to_(redisConnect("127.0.0.1", port), &redisFree) {
    if (!to_ || to_->err) throw std::runtime_error{"cannot connect"};
  }
  void send(const std::vector<std::string>& words) {
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const auto& each : words) {
      texts.push_back(each.data());
      sizes.push_back(each.size());
    }
    redisAppendCommandArgv(to_.get(), static_cast<int>(words.size()), texts.data(), sizes.data());
  }
  reply receive() {
    void* got = nullptr;
    if (redisGetReply(to_.get(), &got) != REDIS_OK) throw std::runtime_error{to_->errstr};
    reply answer{static_cast<redisReply*>(got), &freeReplyObject};
    if (answer->type == REDIS_REPLY_ERROR) throw std::runtime_error{answer->str};
    return answer;
  }
  reply ask(const std::vector<std::string>& words) {
    send(words);
    return receive();
  }

 private:
  std::unique_ptr<redisContext, decltype(&redisFree)> to_;
};

void fill(client& to, int tasks) {
  const std::string record(record_size, 'x');
  for (int first = 0; first < tasks; first += batch) {
    std::vector<std::string> hash{"HSET", "{q}t"}, ready{"ZADD", "{q}r"};
    for (int i = first; i < first + batch; ++i) {
      auto id = std::to_string(1'000'000'000'000'000 + i);
      ready.insert(ready.end(), {std::to_string(i), id});
      hash.insert(hash.end(), {std::move(id), record});
    }
    to.ask(hash), to.ask(ready);
  }
}

/// How many were taken out.
int work_off(client& at, const std::string& script, int calls) {
  const std::vector<std::string> head{
      "EVALSHA", script, "3", "{q}t", "{q}r", "{q}l", std::to_string(batch)};
  for (int i = 0; i < calls; ++i) at.send(head);
  int done = 0;
  for (int open = calls; open > 0; --open) {
    const auto claimed = at.receive();
    const auto& ids = *claimed->element[0];
    if (ids.elements == 0) continue;
    auto words = head;
    for (std::size_t i = 0; i < ids.elements; ++i)
      words.emplace_back(ids.element[i]->str, ids.element[i]->len);
    at.send(words);
    done += static_cast<int>(ids.elements);
    ++open;
  }
  return done;
}

}  // namespace

int main(int count, char** words) try {
  if (count != 4) throw std::runtime_error{"usage: bench_task_ceiling PORT TASKS CALLS"};
  client redis{std::atoi(words[1])};
  const int tasks = std::atoi(words[2]) / batch * batch;
  fill(redis, tasks);
  const auto loaded = redis.ask({"SCRIPT", "LOAD", std::string{end_and_claim}});
  const auto began = std::chrono::steady_clock::now();
  const int done = work_off(redis, loaded->str, std::atoi(words[3]));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (done != tasks) throw std::runtime_error{"not every task was taken"};
  std::printf("{\"rps\": %.0f}\n", done / took.count());
} catch (const std::exception& failure) {
  std::fprintf(stderr, "%s\n", failure.what());
  return 1;
}
