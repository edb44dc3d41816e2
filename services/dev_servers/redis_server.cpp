#include "services/dev_servers/redis_server.hpp"

#include <csignal>

#include <filesystem>

#include "services/dev_servers/internal/child_process.hpp"
#include "services/dev_servers/internal/directory_lock.hpp"
#include "services/dev_servers/internal/project_directory.hpp"
#include "services/dev_servers/internal/redis_probe.hpp"
#include "services/dev_servers/internal/started_server.hpp"
#include "services/dev_servers/internal/take_over.hpp"

namespace puff::dev {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using internal::child_process;
using internal::directory_lock;
using internal::probe_answer;
using internal::probe_redis;
using internal::started_server;

constexpr auto probe_time = 500ms;
constexpr auto probe_pause = 5ms;

struct server_files {
  fs::path directory, lock, pid, log;
  std::string socket;
};

internal::server_manner manner_of(const server_files& files) {
  return {.name = "redis-server in " + files.directory.string(),
          .url = internal::socket_url(files.socket),
          .stop_signal = SIGTERM,
          .harder = {},
          .leftovers = {files.socket, files.pid.string()}};
}

expected<server_files> prepare_files(const redis_options& o) {
  auto directory = internal::make_server_directory(o.directory, "redis-" + o.name);
  if (!directory) return directory.error();
  auto socket = internal::socket_path(*directory, "redis.sock");
  if (!socket) return socket.error();
  return server_files{*directory, *directory / "lock", *directory / "redis.pid",
                      *directory / "redis.log", *socket};
}

expected<std::unique_ptr<running_server>> use_live(const redis_options& o,
                                                   const server_files& files) {
  if (o.live == on_live::refuse)
    return internal::refuse_live("Redis", files.directory.string(), files.lock);
  return std::unique_ptr<running_server>{
      std::make_unique<started_server>(manner_of(files), o.stop_grace)};
}

std::vector<std::string> words_of(const std::string& program, const server_files& files) {
  return {program,
          "--port",
          "0",
          "--unixsocket",
          files.socket,
          "--unixsocketperm",
          "700",
          "--dir",
          files.directory.string(),
          "--appendonly",
          "yes",
          "--save",
          "",
          "--daemonize",
          "no",
          "--pidfile",
          files.pid.string(),
          "--logfile",
          files.log.string()};
}

expected<void> await_ready(const child_process& child, const server_files& files,
                           clock::time_point deadline) {
  auto answer = probe_answer::nobody;
  while (clock::now() < deadline) {
    answer = probe_redis(files.socket, probe_time);
    if (answer == probe_answer::ready) return {};
    if (child.ended_within(probe_pause)) {
      auto tail = internal::last_lines(files.log, 3);
      return make_error(ec::unavailable, "redis-server " + child.outcome() + " at its start; see " +
                                             files.log.string() + ": " + tail);
    }
  }
  auto state = answer == probe_answer::loading ? " is still loading its data; see "
                                               : " does not answer; see ";
  return make_error(ec::timed_out, "redis-server" + std::string{state} + files.log.string());
}

expected<std::unique_ptr<running_server>> start_fresh(const redis_options& o,
                                                      const std::string& program,
                                                      const server_files& files,
                                                      directory_lock lock,
                                                      clock::time_point deadline) {
  std::error_code ignored;
  fs::remove(files.socket, ignored);
  fs::remove(files.pid, ignored);
  auto child =
      child_process::spawn({words_of(program, files), files.log.string(), lock.descriptor()});
  if (!child) return child.error();
  if (auto ready = await_ready(**child, files, deadline); !ready) return ready.error();
  return std::unique_ptr<running_server>{std::make_unique<started_server>(
      manner_of(files), o.stop_grace, std::move(lock), std::move(*child))};
}

}  // namespace

expected<std::unique_ptr<running_server>> start(const redis_options& o) {
  if (!internal::is_pool_name(o.name))
    return make_error(ec::bad_argument, "'" + o.name + "' is not the name of a Redis pool");
  auto program = internal::find_executable(o.executable);
  if (program.empty())
    return make_error(ec::not_found, o.executable +
                                         " is not installed; on Debian: apt-get install "
                                         "redis-server");
  auto files = prepare_files(o);
  if (!files) return files.error();
  auto deadline = clock::now() + o.ready_timeout;
  auto answers = [&] { return probe_redis(files->socket, probe_time) == probe_answer::ready; };
  auto lock = internal::take_over(files->lock, "Redis", answers, deadline);
  if (!lock) return lock.error();
  if (!*lock || answers()) return use_live(o, *files);
  return start_fresh(o, program, *files, std::move(**lock), deadline);
}

}  // namespace puff::dev
