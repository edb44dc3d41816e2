#include "bridge/internal/file_bytes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace puff::bridge::internal {
namespace {

constexpr std::size_t piece = 256 * 1024;

void read_all(int file, file_bytes& into) {
  struct stat about {};
  if (::fstat(file, &about) == 0 && about.st_size > 0)
    into.content.reserve(static_cast<std::size_t>(about.st_size) + 1);
  for (std::size_t length = 0;;) {
    into.content.resize(std::max(into.content.capacity(), length + piece));
    auto got = ::read(file, into.content.data() + length, into.content.size() - length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) into.error_number = errno;
    if (got > 0) length += static_cast<std::size_t>(got);
    if (got > 0) continue;
    return into.content.resize(length);
  }
}

}  // namespace

std::shared_ptr<const file_bytes> read_file(const std::string& path) {
  auto result = std::make_shared<file_bytes>();
  result->path = path;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    result->error_number = errno;
    return result;
  }
  read_all(file, *result);
  ::close(file);
  return result;
}

PyObject* file_bytes::to_python() const {
  if (error_number == 0)
    return PyBytes_FromStringAndSize(content.data(), static_cast<Py_ssize_t>(content.size()));
  errno = error_number;
  return PyErr_SetFromErrnoWithFilename(PyExc_OSError, path.c_str());
}

}  // namespace puff::bridge::internal
