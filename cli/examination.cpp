#include "cli/examination.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "cli/engine_options.hpp"
#include "cli/program_parts.hpp"
#include "cli/runtime_directory.hpp"
#include "services/postgres/conninfo.hpp"

namespace puff::cli {
namespace {

namespace fs = std::filesystem;
using grade = finding::grade;

/// Redis connections, files of Python, sockets of the node itself.
constexpr std::uint64_t files_beside_connections = 200;
constexpr std::uint64_t few_files = 1'024;

finding examine_files(const config::settings& s) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const auto wanted = s.limits.max_connections + files_beside_connections;
  auto text = std::to_string(limit.rlim_max) + " may be open";
  if (limit.rlim_max >= wanted) return {grade::fine, "open files", text};
  text += ", limits.max_connections = " + std::to_string(s.limits.max_connections) + " wants " +
          std::to_string(wanted);
  return {limit.rlim_max < few_files ? grade::fault : grade::note, "open files", text,
          "raise the hard limit (ulimit -Hn, LimitNOFILE= of systemd) or lower max_connections"};
}

finding examine_watches() {
  std::uint64_t count = 0;
  std::ifstream{"/proc/sys/fs/inotify/max_user_watches"} >> count;
  auto text = std::to_string(count) + " folders can be watched by 'dev' and 'watch'";
  if (count >= 8'192) return {grade::fine, "file watches", text};
  return {grade::note, "file watches", text, "sysctl fs.inotify.max_user_watches=65536"};
}

finding examine_runtime_directory() {
  auto where = runtime_directory();
  if (auto failed = make_runtime_directory(where))
    return {grade::fault, "runtime directory", context_of(failed),
            "export PUFF_RUNTIME_DIR=FOLDER, one that only you may use"};
  return {grade::fine, "runtime directory", where.string()};
}

fs::path on_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders{path ? path : ""};
  for (std::string folder; std::getline(folders, folder, ':');)
    if (auto file = fs::path{folder} / program; ::access(file.c_str(), X_OK) == 0) return file;
  return {};
}

finding examine_redis_server() {
  auto found = on_path("redis-server");
  if (!found.empty()) return {grade::fine, "redis-server", found.string()};
  return {grade::note, "redis-server", "is not on PATH, so 'dev' cannot start private servers",
          "apt-get install redis-server"};
}

std::string own_words(const error& why) {
  auto context = context_of(why);
  return context.empty() ? describe(why) : context;
}

findings examine_redis(const invocation& what) {
  findings found;
  auto pools = redis_pools(what.config.values);
  if (!pools) return {{grade::fault, "Redis", own_words(pools.error()), "correct its url"}};
  for (auto& pool : *pools) {
    auto url = pool.options.connection.url.without_password();
    node alone{options_of_node(what.config.values)};
    alone.add_redis(pool.name, std::move(pool.options));
    if (auto failed = alone.start_resources())
      found.push_back({grade::fault, "Redis", own_words(failed),
                       "start the server, or name another one by --" + pool.name + "-redis-url; '" +
                           what.program.name + " dev' needs none"});
    else
      found.push_back({grade::fine, "Redis", "pool '" + pool.name + "' answers at " + url});
  }
  return found;
}

findings examine_postgres(const invocation& what) {
  findings found;
  auto pools = postgres_pools(what.config.values);
  if (!pools) return {{grade::fault, "PostgreSQL", own_words(pools.error()), "correct its url"}};
  for (auto& pool : *pools) {
    auto url = postgres::without_password(pool.options.connection.conninfo);
    node alone{options_of_node(what.config.values)};
    alone.add_postgres(pool.name, std::move(pool.options));
    if (auto failed = alone.start_resources())
      found.push_back({grade::fault, "PostgreSQL", own_words(failed),
                       "start the server, or name another one by --" + pool.name +
                           "-postgres-url; '" + what.program.name + " dev' needs none"});
    else
      found.push_back({grade::fine, "PostgreSQL", "pool '" + pool.name + "' answers at " + url});
  }
  return found;
}

}  // namespace

findings examine_configuration(const invocation& what) {
  if (what.broken)
    return {{grade::fault, "configuration", own_words(what.broken),
             "repair it; '" + what.program.name + " example_config' shows every key"}};
  findings found;
  auto file = what.config.config_file;
  found.push_back({grade::fine, "configuration", file.empty() ? "no puff.toml: defaults" : file});
  if (!what.config.dotenv_file.empty())
    found.push_back({grade::fine, "environment file", what.config.dotenv_file});
  for (const auto& warning : what.config.warnings)
    found.push_back({grade::note, "configuration", warning});
  for (const auto& missing : missing_features(what.config.values))
    found.push_back({grade::note, "configuration", missing});
  return found;
}

findings examine_system(const invocation& what) {
  return {examine_files(what.config.values), examine_watches(), examine_runtime_directory(),
          examine_redis_server()};
}

findings examine_servers(const invocation& what) {
  auto found = examine_redis(what);
  auto more = examine_postgres(what);
  found.insert(found.end(), more.begin(), more.end());
  return found;
}

}  // namespace puff::cli
