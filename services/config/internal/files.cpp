#include "services/config/internal/files.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>

namespace puff::config::internal {

expected<std::string> read_text(const std::filesystem::path& file) {
  constexpr std::size_t limit = 4 << 20;
  std::error_code failed;
  auto status = std::filesystem::status(file, failed);
  if (status.type() == std::filesystem::file_type::not_found)
    return make_error(ec::not_found, "there is no such file");
  if (failed) return make_error(ec::io_failed, failed.message());
  if (status.type() == std::filesystem::file_type::directory)
    return make_error(ec::io_failed, "is a directory, not a file");
  errno = 0;
  std::ifstream in{file, std::ios::binary};
  if (!in) return make_error(ec::io_failed, std::strerror(errno));
  std::string text(limit + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return make_error(ec::io_failed, std::strerror(errno));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > limit) return make_error(ec::too_large, "is larger than 4 MiB");
  return text;
}

}  // namespace puff::config::internal
