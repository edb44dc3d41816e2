#include "actors/node.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <mutex>
#include <thread>
#include <variant>

#include "actors/core/outside_ask.hpp"
#include "actors/core/reason.hpp"
#include "actors/core/supervisor.hpp"
#include "actors/federator.hpp"
#include "actors/graphql_resolver.hpp"
#include "actors/outside_desk.hpp"
#include "actors/task_scheduler.hpp"
#include "services/telemetry/log.hpp"

namespace puff {
namespace {

using namespace std::chrono_literals;

std::uint32_t loops_wanted(const node_options& options) {
  if (options.io_threads != 0) return options.io_threads;
  return std::max(1u, std::thread::hardware_concurrency() / 2);
}

void log_event(const child_event& event) {
  if (event.state == actor_state::running) return;
  auto what = std::string{name_of(event.state)};
  if (event.reason) what += ": " + describe(event.reason);
  if (event.restarts_in > 0ms)
    what += "; starts again in " + std::to_string(event.restarts_in.count()) + " ms";
  if (event.reason && !is_orderly(event.reason))
    log::warning("node", "{} is {}", event.name, what);
  else
    log::debug("node", "{} is {}", event.name, what);
}

/// A listening socket that no loop knows: each listener accepts from a duplicate. Epoll forgets a
/// socket only when its last duplicate is closed, so this one is never registered.
class listening_socket {
 public:
  explicit listening_socket(http::acceptor open) : local_(open.local) {
    boost::system::error_code failed;
    descriptor_ = open.listener.release(failed);
  }
  listening_socket(listening_socket&& other) noexcept
      : local_(std::move(other.local_)), descriptor_(std::exchange(other.descriptor_, -1)) {}
  ~listening_socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  expected<http::acceptor> on(boost::asio::io_context& io) const {
    const int descriptor = ::fcntl(descriptor_, F_DUPFD_CLOEXEC, 0);
    if (descriptor < 0) return make_error(ec::io_failed, "cannot duplicate a listening socket");
    http::acceptor copy{http::acceptor::socket{io}, local_};
    boost::system::error_code failed;
    copy.listener.assign(local_.endpoint.protocol(), descriptor, failed);
    if (failed) {
      ::close(descriptor);
      return make_error(ec::io_failed, "cannot use a listening socket: " + failed.message());
    }
    return copy;
  }

 private:
  http::bind_address local_;
  int descriptor_ = -1;
};

}  // namespace

struct node::parts {
  /// Who keeps actors of a kind here.
  struct keeper {
    actor_announcement what;
    std::variant<named_actor, actor_host_actor> who;

    void tell(const resource<federation_actor>& to) const {
      auto up = to.get();
      if (!up) return;
      std::visit(
          [&](const auto& handle) {
            caf::anon_send(*up, announce_atom::value, actor_announcement_parcel{what}, handle);
          },
          who);
    }
    /// What it keeps was told to a federation that is gone.
    void fence() const {
      if (auto* host = std::get_if<actor_host_actor>(&who))
        caf::anon_send(*host, fence_atom::value);
    }
  };

  explicit parts(node_options given) : options(std::move(given)) {
    for (auto i = loops_wanted(options); i > 0; --i)
      loops.push_back(std::make_unique<asio_loop>(system));
  }

  ~parts() {
    keepers.clear();
    end(listeners);
    end(schemas);
    end(resources);
    for (auto& [name, access] : postgres_pools) access.desk.set(std::nullopt);
    database_loop.reset();
    loops.clear();
  }

  void end(supervisor_actor& group) {
    if (!group) return;
    auto ended = ask_and_wait<caf::unit_t>(*loops.front(), group, 10s, end_atom::value);
    if (!ended) log::warning("node", "{} actors did not end in time", "some");
    group = nullptr;
  }

  supervisor_actor watch_over(std::string name, std::vector<child> children) {
    supervision how;
    how.name = std::move(name);
    how.report = log_event;
    how.on_give_up = options.on_failure;
    return supervise(system, {.home = loops.front().get()}, std::move(how), std::move(children));
  }

  node_options options;
  caf::actor_system_config config;
  caf::actor_system system{config.set("scheduler.policy", caf::atom("sharing"))
                               .set("scheduler.max-throughput", 100)
                               .set("scheduler.max-threads", 2)};
  std::vector<std::unique_ptr<asio_loop>> loops;
  std::unique_ptr<asio_loop> database_loop;
  std::map<std::string, resource<redis_pool_actor>, std::less<>> redis_pools;
  std::map<std::string, resource<pubsub_hub_actor>, std::less<>> pubsub_hubs;
  std::map<std::string, resource<task_scheduler_actor>, std::less<>> task_queues;
  std::map<std::string, resource<task_runner_actor>, std::less<>> task_runners;
  resource<federation_actor> federation;
  std::shared_ptr<lease_clock> leases = std::make_shared<lease_clock>();
  bool in_cluster = false;
  std::mutex guards_keepers;
  std::map<std::string, keeper> keepers;
  std::map<std::string, postgres_access, std::less<>> postgres_pools;
  std::map<std::string, asio_loop*, std::less<>> database_homes;
  std::map<std::string, resource<graphql_resolver_actor>, std::less<>> resolvers;
  std::map<std::string, resource<application_actor>, std::less<>> graphql_applications;
  hiring decides;
  std::vector<child> planned, planned_schemas;
  supervisor_actor resources, schemas, listeners;
  std::vector<resource<http_listener_actor>> listener_cells;
  std::vector<listening_socket> sockets;
  std::mutex guards_mentioned;
  std::vector<std::pair<std::string, gauge_ptr>> mentioned;
};

node::node(node_options options) : parts_(std::make_unique<parts>(std::move(options))) {}
node::~node() = default;

caf::actor_system& node::system() noexcept { return parts_->system; }
asio_loop& node::loop(std::size_t i) noexcept { return *parts_->loops[i]; }
asio_loop* node::database_loop() noexcept { return parts_->database_loop.get(); }
std::size_t node::loops() const noexcept { return parts_->loops.size(); }
const std::string& node::name() const noexcept { return parts_->options.name; }

resource<redis_pool_actor> node::add_redis(const std::string& pool, redis::client_options options) {
  auto& home = *parts_->loops[parts_->redis_pools.size() % loops()];
  auto cell = parts_->redis_pools[pool];
  parts_->redis_pools[pool] = cell;
  parts_->planned.push_back(child_of(
      "redis " + pool, cell, [this, &home, options = std::move(options)](const gauge_ptr& counts) {
        return spawn<redis_pool>(system(), {.home = &home, .counts = counts}, std::ref(home.io()),
                                 options);
      }));
  return cell;
}

const std::map<std::string, resource<redis_pool_actor>, std::less<>>& node::redis_pools() const {
  return parts_->redis_pools;
}

resource<pubsub_hub_actor> node::add_pubsub(const std::string& pool,
                                            pubsub::broker_options options) {
  auto& home = *parts_->loops[parts_->pubsub_hubs.size() % loops()];
  auto cell = parts_->pubsub_hubs[pool];
  parts_->planned.push_back(child_of(
      "pubsub " + pool, cell, [this, &home, options = std::move(options)](const gauge_ptr& counts) {
        return spawn<pubsub_hub>(system(), {.home = &home, .counts = counts}, std::ref(home.io()),
                                 options);
      }));
  return cell;
}

const std::map<std::string, resource<pubsub_hub_actor>, std::less<>>& node::pubsub_hubs() const {
  return parts_->pubsub_hubs;
}

resource<task_scheduler_actor> node::add_task_queue(task_scheduler_options options) {
  auto& home = *parts_->loops[parts_->task_queues.size() % loops()];
  const auto queue = options.queue;
  auto cell = parts_->task_queues[queue];
  auto runner = parts_->task_runners[queue];
  options.worker.node = name();
  child_options care;
  care.on_up = [cell, runner] {
    auto up = cell.get();
    auto hired = runner.get();
    if (up && hired) caf::anon_send(*up, hire_atom::value, *hired);
  };
  parts_->planned.push_back(child_of(
      "tasks " + queue, cell,
      [this, &home, options = std::move(options)](const gauge_ptr& counts) {
        return spawn<task_scheduler>(system(), {.home = &home, .counts = counts},
                                     std::ref(home.io()), options);
      },
      care));
  return cell;
}

const std::map<std::string, resource<task_scheduler_actor>, std::less<>>& node::task_queues()
    const {
  return parts_->task_queues;
}

void node::hire_through(hiring decides) { parts_->decides = std::move(decides); }

void node::hire(const std::string& queue, task_runner_actor runner) {
  if (parts_->decides) runner = parts_->decides(queue, std::move(runner));
  parts_->task_runners[queue].set(runner);
  if (auto up = parts_->task_queues[queue].get())
    caf::anon_send(*up, hire_atom::value, std::move(runner));
}

void node::stop_claiming() {
  for (auto& [queue, runner] : parts_->task_runners) runner.set(std::nullopt);
  for (auto& [queue, cell] : parts_->task_queues)
    outside_ask<drain_atom>(
        loop(), cell, 24h, [](const expected<drain_atom>&) {}, drain_atom::value);
}

void node::finish_tasks(std::chrono::milliseconds time_limit) {
  for (auto& [queue, cell] : parts_->task_queues) {
    auto done = ask_and_wait<drain_atom>(loop(), cell, time_limit, drain_atom::value);
    if (!done)
      log::warning("tasks",
                   "queue {}: some tasks have not ended in order and run again elsewhere: {}",
                   queue, describe(done.error()));
  }
}

void node::add_federation(federator_options options) {
  options.node = name();
  options.leases = parts_->leases;
  parts_->in_cluster = options.cluster.has_value();
  child_options care;
  care.on_up = [this] {
    std::scoped_lock lock{parts_->guards_keepers};
    for (const auto& [kind, each] : parts_->keepers) {
      each.fence();
      each.tell(parts_->federation);
    }
  };
  parts_->planned.push_back(child_of(
      "federation", parts_->federation,
      [this, options = std::move(options)](const gauge_ptr& counts) {
        auto& home = loop();
        return spawn<federator>(system(), {.home = &home, .counts = counts}, std::ref(home.io()),
                                options);
      },
      care));
}

resource<federation_actor> node::federation() const { return parts_->federation; }
std::shared_ptr<const lease_clock> node::leases() const { return parts_->leases; }

void node::announce(actor_announcement what, named_actor who) {
  std::scoped_lock lock{parts_->guards_keepers};
  const auto kind = what.kind;
  auto [at, added] =
      parts_->keepers.insert_or_assign(kind, parts::keeper{std::move(what), std::move(who)});
  at->second.tell(parts_->federation);
}

void node::announce(actor_announcement what, actor_host_actor who) {
  std::scoped_lock lock{parts_->guards_keepers};
  const auto kind = what.kind;
  auto [at, added] =
      parts_->keepers.insert_or_assign(kind, parts::keeper{std::move(what), std::move(who)});
  at->second.tell(parts_->federation);
}

void node::withdraw(const std::string& kind) {
  std::scoped_lock lock{parts_->guards_keepers};
  parts_->keepers.erase(kind);
  if (auto up = parts_->federation.get()) caf::anon_send(*up, withdraw_atom::value, kind);
}

void node::leave_cluster(std::chrono::milliseconds time_limit, std::function<void()> done) {
  auto left = [done = std::move(done)](const expected<drain_atom>& outcome) {
    if (!outcome) log::warning("cluster", "not left in order: {}", describe(outcome.error()));
    done();
  };
  outside_ask<drain_atom>(loop(), parts_->federation, time_limit, std::move(left),
                          drain_atom::value);
}

postgres_access node::add_postgres(const std::string& pool, postgres::pool_options options,
                                   pool_place place) {
  if (!parts_->database_loop) parts_->database_loop = std::make_unique<asio_loop>(system());
  auto& home = place == pool_place::own_loop ? *parts_->database_loop : *parts_->loops.front();
  parts_->database_homes[pool] = &home;
  auto& access = parts_->postgres_pools[pool];
  access.conninfo = options.connection.conninfo;
  auto start = [this, &home, desk = access.desk,
                options = std::move(options)](const gauge_ptr& counts) {
    // It has no state to lose: one serves all of the pool's lives.
    if (!desk.get()) desk.set(spawn<outside_desk>(system(), {.home = &home}));
    return spawn<postgres_pool>(system(), {.home = &home, .counts = counts}, std::ref(home.io()),
                                options);
  };
  const auto title = "postgres " + (pool.empty() ? "connections" : pool);
  parts_->planned.push_back(child_of(title, access.pool, std::move(start)));
  return access;
}

const std::map<std::string, postgres_access, std::less<>>& node::postgres_pools() const {
  return parts_->postgres_pools;
}

expected<resource<graphql_resolver_actor>> node::add_graphql(graphql_options options,
                                                             const std::string& database) {
  auto* home = parts_->loops.front().get();
  if (!database.empty()) {
    const auto at = parts_->postgres_pools.find(database);
    if (at == parts_->postgres_pools.end())
      return make_error(ec::not_found, "GraphQL schema '" + options.name +
                                           "': there is no [[postgres]] pool '" + database + "'");
    options.database = at->second.pool;
    home = parts_->database_homes[database];
  }
  for (const auto& [name, access] : parts_->postgres_pools) options.pools[name] = access.pool;
  auto& cell = parts_->resolvers[options.name];
  auto& application = parts_->graphql_applications[options.name];
  auto made = child_of("graphql " + options.name, [this, home, options](const gauge_ptr& counts) {
    return spawn<graphql_resolver>(system(), {.home = home, .counts = counts}, options);
  });
  made.publish = [cell, application](const caf::strong_actor_ptr& actor) {
    using handle = graphql_resolver_actor;
    cell.set(actor ? std::optional{caf::actor_cast<handle>(actor)} : std::nullopt);
    application.set(actor ? std::optional<application_actor>{caf::actor_cast<handle>(actor)}
                          : std::nullopt);
  };
  parts_->planned_schemas.push_back(std::move(made));
  return cell;
}

const std::map<std::string, resource<graphql_resolver_actor>, std::less<>>& node::schemas() const {
  return parts_->resolvers;
}

resource<application_actor> node::graphql_application(const std::string& name) const {
  return parts_->graphql_applications.at(name);
}

void node::start_schemas() {
  if (parts_->planned_schemas.empty()) return;
  parts_->schemas = parts_->watch_over("schemas", std::move(parts_->planned_schemas));
  status();  // a supervisor answers when it has started its children
}

error node::start_resources() {
  if (parts_->planned.empty()) return {};
  parts_->resources = parts_->watch_over("resources", std::move(parts_->planned));
  // A supervisor answers when it has started its children.
  status();
  for (const auto& [pool, cell] : parts_->redis_pools) {
    auto reached = ask_and_wait<check_atom>(loop(), cell, 6s, check_atom::value);
    if (!reached)
      return make_error(code_of(reached.error()),
                        "Redis pool '" + pool + "': " + context_of(reached.error()));
  }
  for (const auto& [pool, cell] : parts_->pubsub_hubs) {
    auto reached = ask_and_wait<check_atom>(loop(), cell, 6s, check_atom::value);
    if (!reached)
      return make_error(code_of(reached.error()),
                        "Pub/sub pool '" + pool + "': " + context_of(reached.error()));
  }
  for (const auto& [queue, cell] : parts_->task_queues) {
    auto reached = ask_and_wait<check_atom>(loop(), cell, 6s, check_atom::value);
    if (!reached)
      return make_error(code_of(reached.error()),
                        "Task queue '" + queue + "': " + context_of(reached.error()));
  }
  if (parts_->in_cluster) {
    // Another node of the name may have died: its lease is waited for.
    auto joined = ask_and_wait<check_atom>(loop(), parts_->federation, 1h, check_atom::value);
    if (!joined) return joined.error();
  }
  for (const auto& [pool, access] : parts_->postgres_pools) {
    if (pool.empty()) continue;
    auto reached = ask_and_wait<check_atom>(loop(), access.pool, 6s, check_atom::value);
    if (!reached) return reached.error();
  }
  return {};
}

error node::serve(http_listener_options options, std::vector<http::acceptor> sockets) {
  std::vector<child> children;
  for (auto& socket : sockets) parts_->sockets.emplace_back(std::move(socket));
  for (std::size_t i = 0; i < loops(); ++i) {
    auto start = [this, i, options](const gauge_ptr& counts) {
      // A restarted listener accepts from the same sockets.
      std::vector<http::acceptor> accepting;
      for (const auto& shared : parts_->sockets) {
        auto copy = shared.on(loop(i).io());
        if (!copy) throw std::runtime_error{describe(copy.error())};
        accepting.push_back(std::move(*copy));
      }
      return spawn<http_listener>(system(), {.home = &loop(i), .counts = counts},
                                  std::ref(loop(i).io()), options, parcel{std::move(accepting)});
    };
    auto& cell = parts_->listener_cells.emplace_back();
    children.push_back(child_of("http_listener " + std::to_string(i), cell, std::move(start)));
  }
  parts_->listeners = parts_->watch_over("listeners", std::move(children));
  return {};
}

void node::drain(std::chrono::milliseconds time_limit, std::function<void(const error&)> done) {
  loop().post([this, time_limit, done = std::move(done)] {
    struct progress {
      std::size_t left;
      error worst;
    };
    parts_->sockets.clear();
    auto state = std::make_shared<progress>(progress{parts_->listener_cells.size(), {}});
    if (state->left == 0) return done({});
    for (auto& cell : parts_->listener_cells) {
      auto ended = [state, done](expected<drain_atom> outcome) {
        if (!outcome) state->worst = outcome.error();
        if (--state->left == 0) done(state->worst);
      };
      outside_ask<drain_atom>(loop(), cell, time_limit, ended, drain_atom::value);
    }
  });
}

std::vector<std::string> node::down() const {
  std::vector<std::string> names;
  auto look = [&](const char* kind, const auto& cells) {
    for (const auto& [name, cell] : cells)
      if (!cell.get()) names.push_back(std::string{kind} + " " + name);
  };
  look("redis", parts_->redis_pools);
  look("pubsub", parts_->pubsub_hubs);
  look("tasks", parts_->task_queues);
  for (const auto& [name, access] : parts_->postgres_pools)
    if (!access.pool.get()) names.push_back("postgres " + (name.empty() ? "connections" : name));
  look("graphql", parts_->resolvers);
  return names;
}

void node::mention(std::string actor, gauge_ptr counts) {
  std::scoped_lock lock{parts_->guards_mentioned};
  parts_->mentioned.emplace_back(std::move(actor), std::move(counts));
}

actor_status node::status() {
  actor_status tree;
  tree.name = name();
  tree.state = actor_state::running;
  for (const auto& group : {parts_->resources, parts_->schemas, parts_->listeners}) {
    if (!group) continue;
    auto below = ask_and_wait<actor_status>(loop(), group, 1s, status_atom::value);
    if (below)
      tree.children.push_back(std::move(*below));
    else
      tree.last_error = describe(below.error());
  }
  std::scoped_lock lock{parts_->guards_mentioned};
  for (const auto& [actor, counts] : parts_->mentioned) {
    auto& child = tree.children.emplace_back();
    child.name = actor;
    child.state = actor_state::running;
    read_gauge(*counts, child);
  }
  return tree;
}

}  // namespace puff
