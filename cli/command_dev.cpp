#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <memory>

#include "cli/child.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/program_parts.hpp"
#include "cli/restarter.hpp"
#include "cli/serve_options.hpp"
#include "services/config/places.hpp"
#include "services/dev_servers/postgres_server.hpp"
#include "services/dev_servers/redis_server.hpp"

namespace puff::cli {
namespace {

using environment = std::map<std::string, std::string>;

/// The private servers of one kind, one for each name: pools of several kinds with one name share
/// it, as they share the default URL.
struct private_servers {
  std::string product;
  expected<std::unique_ptr<dev::running_server>> (*start)(const std::string& name);
  bool tells;  ///< where they are
  std::map<std::string, std::unique_ptr<dev::running_server>> running = {};

  expected<std::string> url_of(const std::string& name) {
    auto& server = running[name];
    if (!server) {
      auto started = start(name);
      if (!started) return std::move(started.error());
      server = std::move(*started);
      if (tells) print(product + " '" + name + "' on " + server->url() + "\n");
    }
    return server->url();
  }
};

template <class Options>
expected<std::unique_ptr<dev::running_server>> start_named(const std::string& name) {
  Options o;
  o.name = name;
  return dev::start(o);
}

error add_pools(const std::vector<config::pool_setting>& pools, std::string_view pattern,
                private_servers& servers, environment& to) {
  for (const auto& pool : pools) {
    if (!pool.enable) continue;
    expected<std::string> url = pool.url;
    if (pool.url_origin.from == config::origin::source::fallback) url = servers.url_of(pool.name);
    if (!url) return std::move(url.error());
    to[config::environment_name(pattern, pool.name)] = *url;
  }
  return {};
}

bool is_source(const std::string& path) {
  constexpr std::array<std::string_view, 6> endings{".py", ".toml", ".env", ".html", ".so", ".sql"};
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return path.ends_with(ending); });
}

/// One command with the private servers, instead of `serve`. Its exit status, or 128 and its
/// signal.
int run_once(const invocation& what, const environment& more) {
  std::vector<std::string> words{what.executable.string()};
  words.insert(words.end(), what.arguments.begin(), what.arguments.end());
  auto child = start_child(words, more, child_group::same);
  if (!child) return print_failure(child.error());
  // Ctrl-C is the command's; the servers end after it.
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGQUIT, SIG_IGN);
  int status = 0;
  while (::waitpid(*child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int dev_run(const invocation& what, const serve_options& given) {
  const auto& s = what.config.values;
  const bool once = !what.arguments.empty();
  private_servers postgres{"PostgreSQL", &start_named<dev::postgres_options>, !once};
  private_servers redis{"Redis", &start_named<dev::redis_options>, !once};
  environment more;
  error failed;
  if (!failed) failed = add_pools(s.postgres, "PUFF_{NAME}_POSTGRES_URL", postgres, more);
  if (!failed) failed = add_pools(s.redis, "PUFF_{NAME}_REDIS_URL", redis, more);
  if (!failed) failed = add_pools(s.pubsub, "PUFF_{NAME}_PUBSUB_URL", redis, more);
  if (!failed) failed = add_pools(s.task_queue, "PUFF_{NAME}_TASK_QUEUE_URL", redis, more);
  if (failed) return print_failure(failed);
  if (!what.config.config_file.empty()) more["PUFF_CONFIG"] = what.config.config_file;
  if (once) return run_once(what, more);

  restart_options o;
  o.title = what.program.name + " dev";
  o.command = {what.executable.string(), "serve"};
  o.command.insert(o.command.end(), given.words.begin(), given.words.end());
  if (!given.access_log) o.command.emplace_back("--access-log");
  o.environment = std::move(more);
  o.matters = is_source;
  auto status = restarter{std::move(o)}.run();
  return status ? *status : print_failure(status.error());
}

}  // namespace

command dev_command() {
  auto options = std::make_shared<serve_options>();
  command c{"dev", "Serve for development: private servers, restart on change, access log"};
  c.synopsis = "[COMMAND [ARG..]]";
  c.details =
      "Runs 'serve' and restarts it when a file of the project changes (.py, .toml, .env, .html, "
      ".so, .sql). Every PostgreSQL and Redis pool without a URL gets a private server: its data "
      "lies below .puff/, it listens on a unix socket only and ends with this program. With a "
      "COMMAND of this program ('dev django migrate') that runs instead, once, with the same "
      "servers.";
  c.takes = command::words::arguments;
  c.declare = [options](CLI::App& at, override_map& to) {
    declare_serve_options(at, to, *options);
  };
  c.run = [options](invocation& what) { return dev_run(what, *options); };
  return c;
}

}  // namespace puff::cli
