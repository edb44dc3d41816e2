#include "services/dev_servers/internal/project_directory.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>

namespace puff::dev::internal {
namespace {

namespace fs = std::filesystem;

error failed(const fs::path& what, const std::string& why) {
  return make_error(ec::io_failed, what.string() + ": " + why);
}

// FNV-1a: the name must be the same in every run.
std::string digest(std::string_view text) {
  std::uint64_t hash = 14695981039346656037u;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  std::string out;
  for (int shift = 60; shift >= 0; shift -= 4) out += "0123456789abcdef"[(hash >> shift) & 15];
  return out;
}

bool is_own(const fs::path& directory, mode_t mode) {
  struct stat found = {};
  return ::lstat(directory.c_str(), &found) == 0 && S_ISDIR(found.st_mode) &&
         found.st_uid == ::geteuid() && (found.st_mode & 0777 & ~mode) == 0;
}

}  // namespace

expected<fs::path> make_server_directory(const std::string& directory, const std::string& name) {
  std::error_code why;
  auto root = fs::absolute(directory, why).lexically_normal();
  if (why) return failed(directory, why.message());
  fs::create_directories(root, why);
  if (why) return failed(root, why.message());
  if (auto note = root / ".gitignore"; !fs::exists(note, why)) std::ofstream{note} << "*\n";
  auto own = root / name;
  if (::mkdir(own.c_str(), 0700) != 0 && errno != EEXIST) return failed(own, std::strerror(errno));
  if (!fs::is_directory(own, why)) return failed(own, "is not a directory");
  return own;
}

expected<std::string> socket_path(const fs::path& directory, const std::string& name) {
  auto near = (directory / name).string();
  if (near.size() <= longest_socket_path) return near;
  std::error_code why;
  auto temporary = fs::temp_directory_path(why);
  if (why) temporary = "/tmp";
  auto own = make_stand_in(temporary, near, 0700);
  if (!own) return own.error();
  auto far = (*own / name).string();
  if (far.size() <= longest_socket_path) return far;
  return failed(far, "is too long for a unix socket; set TMPDIR to a shorter path");
}

expected<fs::path> make_stand_in(const fs::path& temporary, const fs::path& wanted, mode_t mode) {
  auto own = temporary / ("puff-" + std::to_string(::geteuid()) + "-" + digest(wanted.native()));
  if (::mkdir(own.c_str(), mode) != 0 && errno != EEXIST) return failed(own, std::strerror(errno));
  if (!is_own(own, mode)) return failed(own, "belongs to somebody else; remove it");
  if (::chmod(own.c_str(), mode) != 0) return failed(own, std::strerror(errno));
  return own;
}

std::string socket_url(const std::string& path) {
  constexpr std::string_view plain = "/-._~", digits = "0123456789ABCDEF";
  std::string out = "unix://";
  for (char c : path) {
    auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x80 && std::isalnum(byte)) || plain.find(c) != std::string_view::npos)
      out += c;
    else
      (out += '%').append({digits[byte >> 4], digits[byte & 15]});
  }
  return out;
}

std::string find_executable(const std::string& name) {
  auto runs = [](const fs::path& file) {
    std::error_code why;
    return fs::is_regular_file(file, why) && ::access(file.c_str(), X_OK) == 0;
  };
  if (name.find('/') != std::string::npos) return runs(name) ? fs::absolute(name).string() : "";
  const char* path = std::getenv("PATH");
  std::string_view rest = path ? path : "/usr/local/bin:/usr/bin:/bin";
  while (!rest.empty()) {
    auto colon = std::min(rest.find(':'), rest.size());
    auto file = fs::path{rest.substr(0, colon)} / name;
    if (runs(file)) return fs::absolute(file).string();
    rest.remove_prefix(std::min(colon + 1, rest.size()));
  }
  return {};
}

std::string last_lines(const fs::path& file, std::size_t count) {
  std::ifstream in{file};
  std::deque<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    lines.push_back(line);
    if (lines.size() > count) lines.pop_front();
  }
  std::string out;
  for (const auto& line : lines) out += (out.empty() ? "" : " | ") + line;
  return out;
}

}  // namespace puff::dev::internal
