// Publish and subscribe without Python: what a reader takes from Redis, and what 100 subscribers of
// a node get. One line each: name, per second, CPU microseconds each.
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <thread>

#include "services/pubsub/broker.hpp"
#include "services/redis/command.hpp"
#include "tests/support/engine_loop.hpp"
#include "tests/support/redis_server.hpp"

namespace {

using namespace puff;
using clock_type = std::chrono::steady_clock;

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_THREAD, &used);
  auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

struct stopwatch {
  clock_type::time_point wall = clock_type::now();
  double cpu = cpu_seconds();

  void tell(const char* what, double count) const {
    const std::chrono::duration<double> took = clock_type::now() - wall;
    std::printf("%-12s %.0f per second %.4f us\n", what, count / took.count(),
                (cpu_seconds() - cpu) / count * 1e6);
    std::fflush(stdout);
  }
};

/// Everybody takes what has come after each burst, as loops do.
void fan_out(std::size_t messages) {
  constexpr std::size_t subscribers = 100, burst = 50;
  pubsub::channel_table table;
  std::vector<pubsub::channel_table::member> all;
  for (std::size_t i = 0; i < subscribers; ++i) {
    all.push_back(std::make_shared<pubsub::inbox>());
    table.add({subscription_kind::channel, "c"}, all.back());
  }
  std::vector<pubsub_item> taken;
  std::size_t received = 0;
  stopwatch watch;
  for (std::size_t sent = 0; sent < messages; sent += burst) {
    for (std::size_t i = 0; i < burst; ++i) {
      auto message = std::make_shared<pubsub_message>();
      message->body.assign(256, 'x');
      table.deliver(subscription_kind::channel, "c", message);
    }
    for (const auto& each : all) {
      received += each->take_all(taken);
      taken.clear();
    }
  }
  if (received < messages * subscribers) std::abort();
  watch.tell("deliveries", static_cast<double>(received));
}

/// Publishes from a thread of its own until `count` messages have been published.
void flood(const std::string& url, std::size_t count) {
  test::engine_loop loop;
  redis::connection_options options;
  options.url = *redis::parse_url(url);
  redis::connection publisher{loop.io(), loop.wheel(), options};
  publisher.start();
  redis_commands batch;
  batch.count = 500;
  for (int i = 0; i < 500; ++i)
    batch.wire += redis::make_command({"PUBLISH", "c", std::string(256, 'x')}).wire;
  std::size_t answered = 0, asked = 0;
  while (answered < count) {
    while (asked < count && asked - answered < 20'000) {
      publisher.send(batch, clock_type::now() + std::chrono::minutes{1},
                     [&](const auto&) { answered += 500; });
      asked += 500;
    }
    const auto before = answered;
    loop.run_until([&] { return answered > before; });
  }
}

void read_all(std::size_t messages) {
  test::redis_server server;
  test::engine_loop loop;
  pubsub::broker_options options;
  options.connection.url = *redis::parse_url(server.unix_url());
  pubsub::broker broker{loop.io(), loop.wheel(), std::move(options)};
  auto inbox = std::make_shared<pubsub::inbox>(
      pubsub::inbox_options{.max_messages = 1u << 20, .max_bytes = std::size_t{1} << 30});
  bool confirmed = false;
  broker.subscribe(inbox, {subscription_kind::channel, "c"},
                   clock_type::now() + std::chrono::seconds{10},
                   [&](const error& why) { confirmed = !why; });
  loop.run_until([&] { return confirmed; });
  stopwatch watch;
  std::thread publisher{flood, server.unix_url(), messages};
  std::vector<pubsub_item> taken;
  std::size_t received = 0;
  loop.run_until(
      [&] {
        received += inbox->take_all(taken);
        taken.clear();
        return received >= messages;
      },
      std::chrono::minutes{2});
  watch.tell("reader", static_cast<double>(received));
  publisher.join();
}

}  // namespace

int main(int argc, char** argv) {
  const auto messages = static_cast<std::size_t>(argc > 1 ? std::atol(argv[1]) : 1'000'000);
  fan_out(messages / 10);
  read_all(messages);
}
