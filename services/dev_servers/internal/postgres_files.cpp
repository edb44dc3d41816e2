#include "services/dev_servers/internal/postgres_files.hpp"

#include <pwd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>

#include "services/dev_servers/internal/project_directory.hpp"

namespace puff::dev::internal {
namespace {

namespace fs = std::filesystem;

constexpr auto user_name = "postgres";
constexpr auto socket_name = ".s.PGSQL.5432";
const fs::path debian = "/usr/lib/postgresql";

/// Only root needs somebody else.
const passwd* other_user() { return ::geteuid() == 0 ? ::getpwnam(user_name) : nullptr; }

bool is_open_to_others(const fs::path& directory) {
  auto open = fs::perms::others_exec;
  std::error_code why;
  for (auto at = directory; at != at.root_path(); at = at.parent_path())
    if ((fs::status(at, why).permissions() & open) != open) return false;
  return true;
}

/// `directory`, or where the server's user cannot get there, or its socket would have too long a
/// path, one that stays over restarts of the machine.
expected<std::string> reachable(const std::string& directory, const std::string& socket) {
  if (::geteuid() != 0) return directory;
  std::error_code why;
  auto wanted = fs::absolute(directory, why).lexically_normal();
  if (!why) fs::create_directories(wanted, why);
  if (why) return make_error(ec::io_failed, directory + ": " + why.message());
  if (is_open_to_others(wanted) && (wanted / socket).native().size() <= longest_socket_path)
    return directory;
  auto instead = make_stand_in("/var/tmp", wanted, 0711);
  if (!instead) return instead.error();
  return instead->string();
}

expected<void> give_to_user(const fs::path& directory) {
  if (::geteuid() != 0) return {};
  const auto* user = other_user();
  if (user == nullptr)
    return make_error(ec::unavailable,
                      "PostgreSQL does not run as root, and there is no user postgres to become; "
                      "run as another user");
  if (::chown(directory.c_str(), user->pw_uid, user->pw_gid) != 0)
    return make_error(ec::io_failed, directory.string() + ": " + std::strerror(errno));
  return {};
}

bool accepts(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, path.data(), path.size());
  int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  bool connected =
      fd >= 0 && ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  if (fd >= 0) ::close(fd);
  return connected;
}

int number_in(const std::string& text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool has_programs(const fs::path& directory) {
  return !find_executable((directory / "postgres").string()).empty() &&
         !find_executable((directory / "initdb").string()).empty();
}

}  // namespace

std::string postgres_files::url() const {
  auto host = socket_url(socket_directory()).substr(std::string{"unix://"}.size());
  return "postgres://postgres@/postgres?host=" + host;
}

bool postgres_files::is_ready() const {
  // The eighth line of this file is the server's state, as pg_ctl reads it.
  std::ifstream file{data / "postmaster.pid"};
  std::string line;
  for (int i = 0; i < 8; ++i)
    if (!std::getline(file, line)) return false;
  return line.starts_with("ready") && accepts(socket);
}

expected<postgres_files> prepare_postgres_files(const std::string& directory,
                                                const std::string& name) {
  auto own = "postgres-" + name;
  auto reached = reachable(directory, own + "/" + socket_name);
  if (!reached) return reached.error();
  auto made = make_server_directory(*reached, own);
  if (!made) return made.error();
  auto socket = socket_path(*made, socket_name);
  if (!socket) return socket.error();
  if (auto given = give_to_user(*made); !given) return given.error();
  return postgres_files{*made, *made / "data", *made / "lock", *made / "postgres.log", *socket};
}

fs::path find_postgres_programs(const std::string& wanted, const fs::path& data) {
  if (!wanted.empty()) return has_programs(wanted) ? fs::path{wanted} : fs::path{};
  std::string version;
  std::ifstream{data / "PG_VERSION"} >> version;
  if (!version.empty() && has_programs(debian / version / "bin")) return debian / version / "bin";
  if (auto found = fs::path{find_executable("postgres")}; has_programs(found.parent_path()))
    return found.parent_path();
  fs::path newest;
  int highest = 0;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator{debian, none}) {
    int number = number_in(entry.path().filename());
    if (number <= highest || !has_programs(entry.path() / "bin")) continue;
    highest = number;
    newest = entry.path() / "bin";
  }
  return newest;
}

std::vector<std::string> as_postgres_user() {
  std::vector<std::string> words{find_executable("setpriv"), "--pdeathsig", "INT"};
  if (other_user() != nullptr)
    words.insert(words.end(), {"--reuid", user_name, "--regid", user_name, "--clear-groups"});
  return words;
}

}  // namespace puff::dev::internal
