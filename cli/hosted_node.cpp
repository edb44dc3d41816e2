#include "cli/hosted_node.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstdlib>

#include "bridge/runtime.hpp"
#include "cli/console.hpp"
#include "cli/engine_options.hpp"
#include "cli/program_parts.hpp"
#include "cli/service/notice.hpp"
#include "cli/unused_memory.hpp"
#include "services/telemetry/log.hpp"

namespace puff::cli {
namespace {

using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

/// A connection is an open file; the soft limit is there for programs that use select().
void raise_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
    log::warning("puff", "the limit of open files cannot be raised to {}", limit.rlim_max);
}

/// For Redis to hear how the last tasks ended.
constexpr milliseconds task_farewell{2'000};

/// For the actors of a command that is to end soon.
constexpr milliseconds leave_limit{2'000};
/// For what an add-on does when the node has stopped.
constexpr milliseconds addon_patience{2'000};

error stopped_early() { return make_error(ec::cancelled, "stopped before it had started"); }

}  // namespace

hosted_node::hosted_node(const invocation& what, plan how)
    : invocation_(what),
      plan_(std::move(how)),
      grace_(what.config.values.server.graceful_timeout_ms) {}

expected<std::unique_ptr<hosted_node>> hosted_node::start(const invocation& what, plan how) {
  std::unique_ptr<hosted_node> made{new hosted_node{what, std::move(how)}};
  if (auto failed = made->open()) return failed;
  return made;
}

error hosted_node::open() {
  const auto& settings = invocation_.config.values;
  for (const auto& [name, value] : invocation_.config.dotenv)
    ::setenv(name.c_str(), value.c_str(), 0);
  auto log_settings = log_options(settings);
  if (!log_settings) return std::move(log_settings.error());
  log::configure(*log_settings);
  for (const auto& warning : invocation_.config.warnings) log::warning("config", "{}", warning);
  for (const auto& missing : missing_features(settings)) log::warning("config", "{}", missing);

  raise_file_limit();
  auto options = options_of_node(settings);
  options.on_failure = [this](const error& why) { fail(why); };
  node_ = std::make_unique<node>(std::move(options));
  ending_ = std::make_unique<ending>(node_->loop().io(), grace_);
  if (auto failed = start_pools()) return failed;
  if (plan_.prepare)
    if (auto failed = plan_.prepare(*node_)) return failed;
  if (!invocation_.addons.empty()) use_addons();
  if (auto failed = start_python()) return failed;
  if (auto failed = start_schemas()) return failed;
  health_ = std::make_unique<health>(*node_, *python_, settings.server.live_limit_ms);
  status_server::sources sources{*health_, [this] { return python_->stacks(); },
                                 [this] { leave(); }};
  auto status = status_server::open(*node_, askers_, std::move(sources));
  if (status)
    status_ = std::move(*status);
  else
    log::warning("status", "no status of this node: {}", context_of(status.error()));
  return ending_->requested() ? stopped_early() : error{};
}

error hosted_node::start_pools() {
  auto pools = redis_pools(invocation_.config.values);
  if (!pools) return std::move(pools.error());
  for (auto& pool : *pools) node_->add_redis(pool.name, std::move(pool.options));
  auto hubs = pubsub_pools(invocation_.config.values);
  if (!hubs) return std::move(hubs.error());
  for (auto& hub : *hubs) node_->add_pubsub(hub.name, std::move(hub.options));
  auto queues = task_queues(invocation_.config.values);
  if (!queues) return std::move(queues.error());
  for (auto& queue : *queues) {
    node_->add_task_queue(std::move(queue.options));
    if (plan_.tasks && queue.run) queues_.push_back(std::move(queue.target));
  }
  auto federation = federation_of(invocation_.config.values, node_->name());
  if (!federation) return std::move(federation.error());
  node_->add_federation(std::move(*federation));
  auto databases = postgres_pools(invocation_.config.values);
  if (!databases) return std::move(databases.error());
  schemas_ = planned_schemas(invocation_);
  for (auto& pool : *databases) {
    const bool serves_schemas =
        std::any_of(schemas_.begin(), schemas_.end(),
                    [&](const auto& schema) { return schema.database == pool.name; });
    node_->add_postgres(
        pool.name, std::move(pool.options),
        serves_schemas ? node::pool_place::beside_listeners : node::pool_place::own_loop);
  }
  if (!databases->empty()) node_->add_postgres("", connections_of_their_own());
  if (auto failed = node_->start_resources()) return failed;
  return ending_->requested() ? stopped_early() : error{};
}

void hosted_node::use_addons() {
  invocation_.addons.begin(*node_);
  node_->hire_through([this](const std::string& queue, task_runner_actor python) {
    return invocation_.addons.runner_for(*node_, queue, std::move(python));
  });
}

error hosted_node::start_python() {
  auto options = options_of_python(invocation_.config.values);
  options.interpreter.program_directory = invocation_.executable.parent_path();
  options.asyncio |= plan_.asyncio || !invocation_.config.values.cluster.name.empty() ||
                     (!queues_.empty() && !schemas_.empty());
  // Whether a task is a coroutine function shows only when it comes.
  options.asyncio_later = !queues_.empty();
  for (std::size_t i = 0; i < invocation_.addons.size(); ++i)
    for (const auto& module : invocation_.addons[i].python_modules())
      options.interpreter.modules.emplace_back(module.name, module.init);
  options.global_state = invocation_.program.global_state();
  if (!plan_.argv.empty()) options.interpreter.argv = plan_.argv;
  auto python = bridge::python_host::start(*node_, std::move(options));
  if (!python) return std::move(python.error());
  python_ = std::move(*python);
  node_->heed(python_->hold());
  return ending_->requested() ? stopped_early() : error{};
}

error hosted_node::start_schemas() {
  for (const auto& schema : schemas_) {
    auto options = options_of(schema);
    if (!options) return std::move(options.error());
    options->cors = cors_of(invocation_.config.values);
    auto added = node_->add_graphql(std::move(*options), schema.database);
    if (!added) return std::move(added.error());
  }
  node_->start_schemas();
  bridge::the_runtime().graphql = node_->schemas();
  return {};
}

hosted_node::~hosted_node() {
  if (node_ && status_) status_.reset();
  ending_.reset();
  if (python_) {
    // A thread that asks Python for its stacks waits for the GIL, which this thread holds.
    bridge::python_host::without_gil([this] { askers_.join(); });
  }
  askers_.join();
  if (node_) invocation_.addons.end(addon_patience);
  python_.reset();
  node_.reset();
  log::flush();
}

int hosted_node::run(std::function<int()> first) {
  begin_ending();
  int status = python_->run([this, first = std::move(first)] {
    auto failed = python_->host_actors(options_of_actors(invocation_.config.values));
    if (!failed) failed = python_->run_tasks(queues_);
    if (failed) {
      stop();
      failed_ = true;
      return print_failure(failed);
    }
    return first();
  });
  bridge::python_host::without_gil([this] { node_->finish_tasks(task_farewell); });
  if (failed_) return 1;
  const int signal = ending_->signal();
  return plan_.how == stop_by::cancelling && signal != 0 ? 128 + signal : status;
}

void hosted_node::begun() {
  health_->begun();
  notify_service("READY=1");
  return_unused_memory();
}

void hosted_node::leave() {
  log::info("puff", "the node leaves: it gets no new work");
  health_->leaves();
  node_->stop_claiming();
  node_->retire_actors();
}

void hosted_node::begin_ending() {
  ending::callbacks what;
  what.stop = [this] {
    health_->leaves();
    notify_service("STOPPING=1");
    node_->stop_claiming();
    if (plan_.stopping) plan_.stopping();
    if (plan_.how == stop_by::cancelling)
      return node_->leave_cluster(leave_limit, [this] { python_->stop(milliseconds{0}); });
    if (ending_->signal() != 0)
      log::info("puff", "stopping: requests and tasks have {} ms to finish", grace_.count());
    node_->drain(grace_, [this, from = clock::now()](const error&) {
      // What did not end by then is ended by `ending`, whose time is over too.
      auto left = [this, from] {
        auto spent = std::chrono::duration_cast<milliseconds>(clock::now() - from);
        return std::max(grace_ - spent, milliseconds{0});
      };
      node_->leave_cluster(left(), [this, left] { python_->stop(left()); });
    });
  };
  what.show_stacks = [this] {
    boost::asio::post(askers_, [this] { log::warning("puff", "stacks\n{}", python_->stacks()); });
  };
  what.report = [this] {
    log::warning("puff", "not ended\n{}", to_text(node_->status()));
    log::warning("puff", "stacks\n{}", python_->stacks());
  };
  ending_->begin(std::move(what));
}

void hosted_node::fail(const error& why) {
  log::error("puff", "{}", describe(why));
  failed_ = true;
  ending_->request();
}

int run_hosted(const invocation& what, hosted_node::plan how,
               const std::function<int(hosted_node&)>& first) {
  auto started = hosted_node::start(what, std::move(how));
  if (!started) return print_failure(started.error());
  auto& node = **started;
  return node.run([&] { return first(node); });
}

}  // namespace puff::cli
