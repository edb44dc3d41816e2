#include "services/dev_servers/internal/directory_lock.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

namespace puff::dev::internal {
namespace {

error failed(const std::string& file) {
  return make_error(ec::io_failed, file + ": " + std::strerror(errno));
}

bool write_owner(int descriptor) {
  auto text = std::to_string(::getpid()) + "\n";
  return ::ftruncate(descriptor, 0) == 0 &&
         ::pwrite(descriptor, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
}

}  // namespace

expected<std::optional<directory_lock>> directory_lock::try_acquire(const std::string& file) {
  int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return failed(file);
  directory_lock lock{descriptor};
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return std::optional<directory_lock>{};
    return failed(file);
  }
  if (!write_owner(descriptor)) return failed(file);
  return std::optional<directory_lock>{std::move(lock)};
}

pid_t directory_lock::living_owner(const std::string& file) {
  pid_t pid = 0;
  if (!(std::ifstream{file} >> pid) || pid <= 0) return 0;
  return ::kill(pid, 0) == 0 || errno == EPERM ? pid : 0;
}

directory_lock::directory_lock(directory_lock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

directory_lock& directory_lock::operator=(directory_lock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

directory_lock::~directory_lock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace puff::dev::internal
