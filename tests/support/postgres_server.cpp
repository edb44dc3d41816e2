#include "tests/support/postgres_server.hpp"

#include <fcntl.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/support/free_port.hpp"

namespace puff::test {
namespace {

namespace fs = std::filesystem;
using words = std::vector<std::string>;

const std::string programs = "/usr/lib/postgresql/15/bin/";

const passwd* other_user() {
  if (::geteuid() != 0) return nullptr;
  const auto* user = ::getpwnam("postgres");
  if (user == nullptr) throw std::runtime_error("there is no user postgres to run the server as");
  return user;
}

void give_away(const fs::path& file) {
  if (const auto* user = other_user())
    if (::chown(file.c_str(), user->pw_uid, user->pw_gid) != 0)
      throw std::runtime_error("cannot chown " + file.string());
}

/// A program as the server's user, its output appended to `log`.
pid_t spawn(const words& line, const std::string& log) {
  const auto* user = other_user();
  auto parent = ::getpid();
  auto pid = ::fork();
  if (pid < 0) throw std::runtime_error("fork failed");
  if (pid > 0) return pid;
  int fd = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(fd, 1);
  ::dup2(fd, 2);
  if (user != nullptr && (::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0)) ::_exit(126);
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);  // a change of user would forget it
  if (::getppid() != parent || ::chdir("/") != 0) ::_exit(1);
  std::vector<char*> argv;
  for (const auto& word : line) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  ::execvp(argv[0], argv.data());
  ::_exit(127);
}

bool answers(const std::string& conninfo) { return PQping(conninfo.c_str()) == PQPING_OK; }

}  // namespace

postgres_server::postgres_server(std::vector<std::string> settings, tls encrypted)
    : settings_(std::move(settings)) {
  std::string pattern = fs::temp_directory_path() / "puff-postgres-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
  directory_ = pattern;
  give_away(directory_);
  make_data();
  if (encrypted == tls::on) make_certificates();
  for (int attempt = 0; attempt < 5; ++attempt) {  // somebody may take the port before the server
    port_ = free_port();
    launch();
    if (wait_until_ready()) return;
    end(SIGKILL);
  }
  auto text = log();
  fs::remove_all(directory_);
  throw std::runtime_error("postgres does not start:\n" + text);
}

postgres_server::~postgres_server() {
  end(SIGQUIT);
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

std::string postgres_server::conninfo() const {
  return "host=" + socket_directory() + " port=" + std::to_string(port_) +
         " user=postgres dbname=postgres";
}

std::string postgres_server::tcp_conninfo() const {
  return "host=127.0.0.1 port=" + std::to_string(port_) + " user=postgres dbname=postgres";
}

void postgres_server::make_data() {
  auto pid = spawn({programs + "initdb", "-D", directory_ / "data", "-U", "postgres", "-A", "trust",
                    "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"},
                   directory_ / "log");
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (status != 0) throw std::runtime_error("initdb failed:\n" + log());
}

void postgres_server::make_certificates() {
  auto at = "cd '" + directory_.string() + "' && ";
  auto openssl = [&](const std::string& arguments) {
    if (std::system((at + "openssl " + arguments + " 2>> log").c_str()) != 0)
      throw std::runtime_error("openssl failed:\n" + log());
  };
  openssl(
      "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=puff-test-authority "
      "-keyout authority.key -out authority.crt");
  openssl(
      "req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout data/server.key "
      "-out server.csr");
  openssl(
      "x509 -req -days 2 -in server.csr -CA authority.crt -CAkey authority.key "
      "-CAcreateserial -out data/server.crt");
  fs::permissions(directory_ / "data/server.key", fs::perms::owner_read);
  give_away(directory_ / "data/server.key");
  give_away(directory_ / "data/server.crt");
  settings_.emplace_back("ssl=on");
}

void postgres_server::set_rules(const std::string& lines) {
  std::ofstream{directory_ / "data/pg_hba.conf"} << lines;
  auto* connection = PQconnectdb(conninfo().c_str());
  auto* result = PQexec(connection, "SELECT pg_reload_conf()");
  bool done = PQresultStatus(result) == PGRES_TUPLES_OK;
  PQclear(result);
  PQfinish(connection);
  if (!done) throw std::runtime_error("the rules were not read again");
}

void postgres_server::launch() {
  words line{programs + "postgres", "-D", directory_ / "data"};
  auto set = [&line](const std::string& setting) {
    line.emplace_back("-c");
    line.push_back(setting);
  };
  set("port=" + std::to_string(port_));
  set("listen_addresses=127.0.0.1");
  set("unix_socket_directories=" + directory_.string());
  set("fsync=off");
  set("timezone=UTC");
  for (const auto& setting : settings_) set(setting);
  pid_ = spawn(line, directory_ / "log");
  pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
}

bool postgres_server::wait_until_ready() {
  auto until = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (std::chrono::steady_clock::now() < until) {
    if (answers(conninfo()) && answers(tcp_conninfo())) return true;
    pollfd death{pidfd_, POLLIN, 0};
    if (::poll(&death, 1, 5) != 0) return false;
  }
  return false;
}

void postgres_server::end(int signal) {
  if (pid_ < 0) return;
  ::kill(pid_, signal);
  ::waitpid(pid_, nullptr, 0);
  ::close(pidfd_);
  pid_ = pidfd_ = -1;
}

std::string postgres_server::log() const {
  std::ostringstream text;
  text << std::ifstream{directory_ / "log"}.rdbuf();
  return text.str();
}

void postgres_server::kill() { end(SIGQUIT); }

void postgres_server::start() {
  launch();
  if (!wait_until_ready()) throw std::runtime_error("postgres does not start again:\n" + log());
}

}  // namespace puff::test
