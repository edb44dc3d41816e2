#pragma once

#include "services/redis/client.hpp"
#include "services/tasks/identity.hpp"
#include "services/tasks/store.hpp"
#include "tests/support/engine_loop.hpp"
#include "tests/support/redis_server.hpp"

namespace puff::test {

/// Forwards a queue's commands to a client; can refuse them as a server that is away does.
class client_port final : public tasks::command_port {
 public:
  explicit client_port(redis::client& client) : client_(client) {}
  void send(redis_commands commands, clock::time_point deadline, reply_callback done) override {
    ++calls;
    if (away) return done(make_error(ec::unavailable, "away"));
    client_.send(std::move(commands), deadline, std::move(done));
  }
  bool away = false;
  std::size_t calls = 0;

 private:
  redis::client& client_;
};

/// A task queue "q" on a Redis server of its own.
struct task_queue_world {
  task_queue_world() { client.start(); }

  static redis::client_options options(const redis_server& of) {
    redis::client_options o;
    o.connection.url = *redis::parse_url(of.unix_url());
    return o;
  }

  engine_loop loop;
  redis_server server;
  redis::client client{loop.io(), loop.wheel(), options(server)};
  client_port port{client};
  tasks::store queue{port, "q"};
  tasks::identity_source ids;
};

}  // namespace puff::test
