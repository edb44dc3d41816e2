#include "cli/runtime_directory.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

namespace puff::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".sock";

const char* variable(const char* name) {
  const char* value = std::getenv(name);
  return value && *value ? value : nullptr;
}

error refused(const fs::path& where, const std::string& why) {
  return make_error(ec::io_failed, "the runtime directory " + where.string() + " " + why +
                                       "; name another one by PUFF_RUNTIME_DIR");
}

}  // namespace

fs::path runtime_directory() {
  if (const char* own = variable("PUFF_RUNTIME_DIR")) return own;
  if (const char* session = variable("XDG_RUNTIME_DIR")) return fs::path{session} / "puff";
  return "/tmp/puff-" + std::to_string(::getuid());
}

error make_runtime_directory(const fs::path& where) {
  std::error_code failed;
  fs::create_directories(where.parent_path(), failed);
  if (::mkdir(where.c_str(), 0700) != 0 && errno != EEXIST)
    return refused(where, std::string{"cannot be made: "} + std::strerror(errno));
  struct stat found {};
  if (::lstat(where.c_str(), &found) != 0 || !S_ISDIR(found.st_mode))
    return refused(where, "is no directory");
  if (found.st_uid != ::getuid()) return refused(where, "belongs to another user");
  if ((found.st_mode & 077) != 0 && ::chmod(where.c_str(), 0700) != 0)
    return refused(where, "is open to other users");
  return {};
}

node_socket socket_of(const fs::path& directory, std::string_view node, pid_t pid) {
  node_socket s{std::string{node}, pid, {}};
  for (auto& c : s.node)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '_' && c != '.') c = '_';
  s.path = directory / (s.node + "." + std::to_string(pid) + std::string{suffix});
  return s;
}

std::vector<node_socket> sockets_in(const fs::path& directory) {
  std::vector<node_socket> found;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator{directory, failed}) {
    auto name = entry.path().filename().string();
    if (!name.ends_with(suffix)) continue;
    name.resize(name.size() - suffix.size());
    auto dot = name.rfind('.');
    if (dot == std::string::npos) continue;
    node_socket s{name.substr(0, dot), 0, entry.path()};
    auto [end, wrong] = std::from_chars(name.data() + dot + 1, name.data() + name.size(), s.pid);
    if (wrong == std::errc{} && end == name.data() + name.size()) found.push_back(std::move(s));
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return found;
}

}  // namespace puff::cli
