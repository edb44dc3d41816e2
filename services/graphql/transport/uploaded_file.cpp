#include "services/graphql/transport/uploaded_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace puff::graphql {
namespace {

constexpr std::string_view token_key{"\0upload", 7};

error system_error(const char* what) {
  return make_error(ec::unavailable, std::string{what} + ": " + std::strerror(errno));
}

/// A file that nobody else finds, and that is gone when it is closed.
int open_unnamed() {
  const auto* folder = std::getenv("TMPDIR");
  std::string path = folder != nullptr && *folder != '\0' ? folder : "/tmp";
  path += "/puff-upload-XXXXXX";
  const int made = ::mkostemp(path.data(), O_CLOEXEC);
  if (made >= 0) ::unlink(path.c_str());
  return made;
}

expected<void> write_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(to, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_error("a file cannot be kept");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

uploaded_file::uploaded_file(uploaded_file&& other) noexcept
    : name_(std::move(other.name_)),
      content_type_(std::move(other.content_type_)),
      size_(other.size_),
      descriptor_(std::exchange(other.descriptor_, -1)),
      is_on_disk_(other.is_on_disk_) {}

uploaded_file::~uploaded_file() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

expected<void> uploaded_file::open(int made) {
  if (made < 0) return system_error("a file cannot be kept");
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = made;
  return {};
}

expected<void> uploaded_file::move_to_disk() {
  const int before = std::exchange(descriptor_, -1);
  auto moved = open(open_unnamed());
  off_t from = 0;
  while (moved && from < static_cast<off_t>(size_)) {
    const auto count =
        ::sendfile(descriptor_, before, &from, size_ - static_cast<std::size_t>(from));
    if (count <= 0) moved = system_error("a file cannot be kept");
  }
  ::close(before);
  is_on_disk_ = true;
  return moved;
}

expected<void> uploaded_file::append(std::string_view bytes) {
  if (descriptor_ < 0) {
    if (auto made = open(::memfd_create("puff-upload", MFD_CLOEXEC)); !made) return made;
  }
  if (!is_on_disk_ && size_ + bytes.size() > memory) {
    if (auto moved = move_to_disk(); !moved) return moved;
  }
  size_ += bytes.size();
  return write_all(descriptor_, bytes);
}

std::string uploaded_file::path() const {
  return descriptor_ < 0 ? "/dev/null" : "/proc/self/fd/" + std::to_string(descriptor_);
}

value upload_token(std::size_t position) {
  return value_object{{std::string{token_key}, static_cast<std::int64_t>(position)}};
}

std::optional<std::size_t> uploaded_position(const value& v) noexcept {
  if (!v.is_object() || v.object().size() != 1) return std::nullopt;
  const auto& [key, position] = v.object().front();
  if (key != token_key || position.what() != value::kind::integer || position.integer() < 0)
    return std::nullopt;
  return static_cast<std::size_t>(position.integer());
}

const uploaded_file* uploaded_to(const std::shared_ptr<const upload_list>& files,
                                 const value& v) noexcept {
  const auto position = uploaded_position(v);
  const bool is_there = files != nullptr && position && *position < files->files.size();
  return is_there ? &files->files[*position] : nullptr;
}

}  // namespace puff::graphql
