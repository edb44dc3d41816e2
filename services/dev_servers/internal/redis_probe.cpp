#include "services/dev_servers/internal/redis_probe.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <string_view>

namespace puff::dev::internal {
namespace {

constexpr std::string_view question = "PING\r\n";

bool connect_within(int socket, const std::string& path, std::chrono::milliseconds time) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, path.data(), path.size());
  timeval limit{.tv_sec = time.count() / 1000, .tv_usec = time.count() % 1000 * 1000};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  return ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

std::string answer_of(int socket) {
  if (::send(socket, question.data(), question.size(), MSG_NOSIGNAL) < 0) return {};
  std::string line;
  char piece[64];
  while (line.find('\n') == std::string::npos && line.size() < 512) {
    auto got = ::recv(socket, piece, sizeof piece, 0);
    if (got <= 0) return {};
    line.append(piece, static_cast<std::size_t>(got));
  }
  return line;
}

}  // namespace

probe_answer probe_redis(const std::string& path, std::chrono::milliseconds time) {
  int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return probe_answer::nobody;
  auto line = connect_within(socket, path, time) ? answer_of(socket) : std::string{};
  ::close(socket);
  if (line.starts_with("+PONG")) return probe_answer::ready;
  return line.starts_with("-LOADING") ? probe_answer::loading : probe_answer::nobody;
}

}  // namespace puff::dev::internal
