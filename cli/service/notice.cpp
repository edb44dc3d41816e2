#include "cli/service/notice.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "services/telemetry/log.hpp"

namespace puff::cli {

void notify_service(std::string_view state) {
  const char* named = std::getenv("NOTIFY_SOCKET");
  if (named == nullptr || *named == '\0') return;
  const std::string_view path{named};
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (path.size() >= sizeof to.sun_path) return log::warning("puff", "NOTIFY_SOCKET is too long");
  std::memcpy(to.sun_path, path.data(), path.size());
  if (path.front() == '@') to.sun_path[0] = '\0';  // an abstract one
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  const int by = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const auto* address = reinterpret_cast<const sockaddr*>(&to);
  if (::sendto(by, state.data(), state.size(), MSG_NOSIGNAL, address, size) < 0)
    log::warning("puff", "systemd cannot be told {}: {}", state, std::strerror(errno));
  if (by >= 0) ::close(by);
}

}  // namespace puff::cli
