#include "services/dev_servers/redis_server.hpp"

#include <signal.h>

#include <filesystem>

#include "services/dev_servers/internal/child_process.hpp"
#include "services/dev_servers/internal/directory_lock.hpp"
#include "services/dev_servers/internal/project_directory.hpp"
#include "services/dev_servers/internal/redis_probe.hpp"
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

constexpr auto probe_time = 500ms;
constexpr auto probe_pause = 5ms;

struct server_files {
  fs::path directory, lock, pid, log;
  std::string socket;
};

class redis_server : public running_server {
 public:
  redis_server(server_files files, std::optional<directory_lock> lock,
               std::unique_ptr<child_process> child, std::chrono::milliseconds grace)
      : files_(std::move(files)),
        url_(internal::socket_url(files_.socket)),
        lock_(std::move(lock)),
        child_(std::move(child)),
        grace_(grace) {}

  ~redis_server() override { (void)stop(); }

  const std::string& url() const override { return url_; }
  pid_t pid() const override { return child_ ? child_->pid() : 0; }
  bool is_reused() const override { return !child_; }

  expected<void> stop() override {
    std::lock_guard guard{stopping_};
    if (!child_ || stopped_) return {};
    stopped_ = true;
    child_->signal(SIGTERM);
    bool obeyed = child_->ended_within(grace_);
    if (!obeyed) {
      child_->signal(SIGKILL);
      child_->ended_within(5s);
    }
    std::error_code ignored;
    fs::remove(files_.socket, ignored);
    fs::remove(files_.pid, ignored);
    lock_.reset();
    if (obeyed) return {};
    return make_error(ec::timed_out, "redis-server in " + files_.directory.string() +
                                         " did not stop within " + std::to_string(grace_.count()) +
                                         " ms and was killed");
  }

 private:
  server_files files_;
  std::string url_;
  std::optional<directory_lock> lock_;
  std::unique_ptr<child_process> child_;
  std::chrono::milliseconds grace_;
  std::mutex stopping_;  // of stopped_
  bool stopped_ = false;
};

expected<server_files> prepare_files(const redis_options& o) {
  auto directory = internal::make_server_directory(o.directory, "redis-" + o.name);
  if (!directory) return directory.error();
  auto socket = internal::socket_path(*directory, "redis.sock");
  if (!socket) return socket.error();
  return server_files{*directory, *directory / "lock", *directory / "redis.pid",
                      *directory / "redis.log", *socket};
}

expected<std::unique_ptr<running_server>> use_live(const redis_options& o, server_files files) {
  if (o.live == on_live::refuse)
    return internal::refuse_live("Redis", files.directory.string(), files.lock);
  return std::unique_ptr<running_server>{
      std::make_unique<redis_server>(std::move(files), std::nullopt, nullptr, o.stop_grace)};
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
                                                      server_files files, directory_lock lock,
                                                      clock::time_point deadline) {
  std::error_code ignored;
  fs::remove(files.socket, ignored);
  fs::remove(files.pid, ignored);
  auto child =
      child_process::spawn({words_of(program, files), files.log.string(), lock.descriptor()});
  if (!child) return child.error();
  if (auto ready = await_ready(**child, files, deadline); !ready) return ready.error();
  return std::unique_ptr<running_server>{std::make_unique<redis_server>(
      std::move(files), std::move(lock), std::move(*child), o.stop_grace)};
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
  if (!*lock || answers()) return use_live(o, std::move(*files));
  return start_fresh(o, program, std::move(*files), std::move(**lock), deadline);
}

}  // namespace puff::dev
