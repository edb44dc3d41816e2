#include "services/dev_servers/postgres_server.hpp"

#include <csignal>

#include <filesystem>

#include "services/dev_servers/internal/child_process.hpp"
#include "services/dev_servers/internal/directory_lock.hpp"
#include "services/dev_servers/internal/postgres_files.hpp"
#include "services/dev_servers/internal/project_directory.hpp"
#include "services/dev_servers/internal/started_server.hpp"
#include "services/dev_servers/internal/take_over.hpp"

namespace puff::dev {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using internal::child_process;
using internal::directory_lock;
using internal::postgres_files;
using internal::started_server;

constexpr auto probe_pause = 5ms;

/// SIGINT is its fast shutdown, SIGQUIT its immediate one.
internal::server_manner manner_of(const postgres_files& files) {
  return {.name = "PostgreSQL in " + files.directory.string(),
          .url = files.url(),
          .stop_signal = SIGINT,
          .harder = {SIGQUIT, SIGCONT},
          .leftovers = {}};
}

std::vector<std::string> words_of(const fs::path& program, std::vector<std::string> arguments) {
  auto words = internal::as_postgres_user();
  words.push_back(program.string());
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

/// One name of a list, as PostgreSQL's settings quote it.
std::string quoted(const std::string& name) {
  std::string text{'"'};
  for (char c : name) text.append(c == '"' ? 2 : 1, c);
  return text + '"';
}

error ended_early(const std::string& what, const postgres_files& files) {
  return make_error(ec::unavailable, what + " at its start; see " + files.log.string() + ": " +
                                         internal::last_lines(files.log, 3));
}

/// The data under a name of its own first: what was made in part is not taken for data.
expected<void> make_data(const fs::path& programs, const postgres_files& files,
                         const directory_lock& lock, clock::time_point deadline) {
  if (fs::exists(files.data / "PG_VERSION")) return {};
  auto unfinished = files.directory / "data.new";
  std::error_code why;
  fs::remove_all(unfinished, why);
  auto child = child_process::spawn(
      {words_of(programs / "initdb", {"-D", unfinished.string(), "-U", "postgres", "-A", "trust",
                                      "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"}),
       files.log.string(), lock.descriptor()});
  if (!child) return child.error();
  auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - clock::now());
  if (!(*child)->ended_within(left))
    return make_error(ec::timed_out, "initdb has not made " + files.data.string() + " in time");
  if (!fs::exists(unfinished / "PG_VERSION") || (*child)->outcome() != "exited with status 0")
    return ended_early("initdb " + (*child)->outcome(), files);
  fs::rename(unfinished, files.data, why);
  if (why) return make_error(ec::io_failed, files.data.string() + ": " + why.message());
  return {};
}

expected<void> await_ready(const child_process& child, const postgres_files& files,
                           clock::time_point deadline) {
  while (clock::now() < deadline) {
    if (files.is_ready()) return {};
    if (child.ended_within(probe_pause)) return ended_early("PostgreSQL " + child.outcome(), files);
  }
  return make_error(ec::timed_out, "PostgreSQL does not answer; see " + files.log.string());
}

expected<std::unique_ptr<running_server>> start_fresh(const postgres_options& o,
                                                      const fs::path& programs,
                                                      const postgres_files& files,
                                                      directory_lock lock,
                                                      clock::time_point deadline) {
  if (auto made = make_data(programs, files, lock, deadline); !made) return made.error();
  std::error_code ignored;  // whoever holds the lock knows that no server lives
  fs::remove(files.data / "postmaster.pid", ignored);
  fs::remove(files.socket + ".lock", ignored);
  fs::remove(files.socket, ignored);
  auto child = child_process::spawn(
      {words_of(programs / "postgres",
                {"-D", files.data.string(), "-c", "listen_addresses=", "-c", "port=5432", "-c",
                 "unix_socket_permissions=0700", "-c",
                 "unix_socket_directories=" + quoted(files.socket_directory())}),
       files.log.string(), lock.descriptor()});
  if (!child) return child.error();
  if (auto ready = await_ready(**child, files, deadline); !ready) return ready.error();
  return std::unique_ptr<running_server>{std::make_unique<started_server>(
      manner_of(files), o.stop_grace, std::move(lock), std::move(*child))};
}

}  // namespace

expected<std::unique_ptr<running_server>> start(const postgres_options& o) {
  if (!internal::is_pool_name(o.name))
    return make_error(ec::bad_argument, "'" + o.name + "' is not the name of a PostgreSQL pool");
  auto files = internal::prepare_postgres_files(o.directory, o.name);
  if (!files) return files.error();
  auto programs = internal::find_postgres_programs(o.programs, files->data);
  if (programs.empty())
    return make_error(ec::not_found,
                      (o.programs.empty() ? std::string{"PostgreSQL is not installed"}
                                          : "PostgreSQL is not in " + o.programs) +
                          "; on Debian: apt-get install postgresql");
  auto deadline = clock::now() + o.ready_timeout;
  auto answers = [&] { return files->is_ready(); };
  auto lock = internal::take_over(files->lock, "PostgreSQL", answers, deadline);
  if (!lock) return lock.error();
  if (*lock) return start_fresh(o, programs, *files, std::move(**lock), deadline);
  if (o.live == on_live::refuse)
    return internal::refuse_live("PostgreSQL", files->directory.string(), files->lock);
  return std::unique_ptr<running_server>{
      std::make_unique<started_server>(manner_of(*files), o.stop_grace)};
}

}  // namespace puff::dev
