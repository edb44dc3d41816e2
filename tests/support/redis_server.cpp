#include "tests/support/redis_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace puff::test {
namespace {

/// A descriptor that closes itself.
struct socket_fd {
  explicit socket_fd(int domain) : fd(::socket(domain, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~socket_fd() { ::close(fd); }
  socket_fd(const socket_fd&) = delete;
  socket_fd& operator=(const socket_fd&) = delete;
  int fd;
};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

/// Whether a server's loop runs there: it answers something, if only that a login is needed.
template <class Address>
bool answers(int domain, const Address& address) {
  socket_fd s{domain};
  char first = 0;
  return ::connect(s.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
         ::send(s.fd, "PING\r\n", 6, MSG_NOSIGNAL) == 6 && ::recv(s.fd, &first, 1, 0) == 1;
}

sockaddr_un unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  return address;
}

[[noreturn]] void become_server(const std::vector<std::string>& line, const std::string& log,
                                pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  int fd = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::dup2(fd, 1);
  ::dup2(fd, 2);
  std::vector<char*> argv;
  for (const auto& word : line) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  ::execvp(argv[0], argv.data());
  ::_exit(127);
}

}  // namespace

redis_server::redis_server(std::vector<std::string> arguments) : arguments_(std::move(arguments)) {
  std::string pattern = std::filesystem::temp_directory_path() / "puff-redis-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
  directory_ = pattern;
  for (int attempt = 0; attempt < 5; ++attempt) {  // somebody may take the port before the server
    port_ = free_port();
    launch();
    if (wait_until_ready()) return;
    reap();
  }
  std::ostringstream log;
  log << std::ifstream{directory_ / "log"}.rdbuf();
  std::filesystem::remove_all(directory_);
  throw std::runtime_error("redis-server does not start:\n" + log.str());
}

redis_server::~redis_server() {
  reap();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void redis_server::launch() {
  std::vector<std::string> line{"redis-server",
                                "--port",
                                std::to_string(port_),
                                "--bind",
                                "127.0.0.1",
                                "--unixsocket",
                                socket_path(),
                                "--dir",
                                directory_,
                                "--save",
                                "",
                                "--appendonly",
                                "no",
                                "--enable-debug-command",
                                "yes"};
  line.insert(line.end(), arguments_.begin(), arguments_.end());
  auto log = (directory_ / "log").string();
  auto parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork failed");
  if (pid_ == 0) become_server(line, log, parent);
  pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
}

bool redis_server::wait_until_ready() {
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (std::chrono::steady_clock::now() < end) {
    if (answers(AF_UNIX, unix_address(socket_path())) && answers(AF_INET, loopback(port_)))
      return true;
    pollfd death{pidfd_, POLLIN, 0};
    if (::poll(&death, 1, 2) != 0) return false;
  }
  return false;
}

void redis_server::reap() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  ::close(pidfd_);
  pid_ = pidfd_ = -1;
  std::error_code ignored;
  std::filesystem::remove(socket_path(), ignored);
}

void redis_server::kill() { reap(); }

void redis_server::start() {
  launch();
  if (!wait_until_ready()) throw std::runtime_error("redis-server does not start again");
}

void redis_server::freeze() {
  ::kill(pid_, SIGSTOP);
  ::waitpid(pid_, nullptr, WUNTRACED);
}

void redis_server::thaw() { ::kill(pid_, SIGCONT); }

}  // namespace puff::test
