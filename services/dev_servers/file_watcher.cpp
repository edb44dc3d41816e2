#include "services/dev_servers/file_watcher.hpp"

#include <dirent.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace puff::dev {
namespace {

constexpr std::size_t most_paths = 10000;
constexpr std::uint32_t interest = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                   IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR |
                                   IN_EXCL_UNLINK;

error failed(const std::string& what, int why) {
  auto code = why == ENOENT || why == ENOTDIR ? ec::not_found : ec::io_failed;
  std::string advice;
  if (why == ENOSPC) advice = " (raise it: sysctl fs.inotify.max_user_watches=524288)";
  if (why == EMFILE) advice = " (raise it: sysctl fs.inotify.max_user_instances=512)";
  auto text =
      why == ENOSPC ? "the kernel's limit of watched directories is reached" : std::strerror(why);
  return make_error(code, "cannot watch " + what + ": " + text + advice);
}

std::string joined(const std::string& directory, std::string_view name) {
  return directory.ends_with('/') ? directory + std::string{name}
                                  : directory + "/" + std::string{name};
}

bool is_virtual_environment(const std::string& directory) {
  return ::access(joined(directory, "pyvenv.cfg").c_str(), F_OK) == 0;
}

struct entry {
  std::string name;
  bool is_directory;
};

bool is_directory(const std::string& path, unsigned char type) {
  if (type != DT_UNKNOWN) return type == DT_DIR;
  struct stat found = {};
  return ::lstat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

// Nothing if the directory is gone or may not be read.
std::vector<entry> entries_of(const std::string& directory) {
  std::vector<entry> out;
  std::unique_ptr<DIR, int (*)(DIR*)> open{::opendir(directory.c_str()), ::closedir};
  while (auto* found = open ? ::readdir(open.get()) : nullptr) {
    std::string name = found->d_name;
    if (name == "." || name == "..") continue;
    out.push_back({name, is_directory(joined(directory, name), found->d_type)});
  }
  return out;
}

bool listen_to(int epoll, int descriptor) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = descriptor;
  return ::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

}  // namespace

expected<std::unique_ptr<file_watcher>> file_watcher::start(watch_options o) {
  std::unique_ptr<file_watcher> watcher{new file_watcher{std::move(o)}};
  if (auto opened = watcher->open(); !opened) return opened.error();
  for (const auto& directory : watcher->options_.directories)
    if (auto watched = watcher->watch_root(directory); !watched) return watched.error();
  return watcher;
}

file_watcher::~file_watcher() {
  for (int descriptor : {inotify_, timer_, epoll_})
    if (descriptor >= 0) ::close(descriptor);
}

expected<void> file_watcher::open() {
  inotify_ = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (inotify_ < 0) return failed("files", errno);
  timer_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  if (timer_ < 0 || epoll_ < 0 || !listen_to(epoll_, inotify_) || !listen_to(epoll_, timer_))
    return failed("files", errno);
  return {};
}

expected<void> file_watcher::watch_root(const std::string& directory) {
  struct stat found = {};
  if (::stat(directory.c_str(), &found) != 0) return failed(directory, errno);
  if (!S_ISDIR(found.st_mode)) return failed(directory, ENOTDIR);
  if (::access(directory.c_str(), R_OK | X_OK) != 0) return failed(directory, errno);
  return watch_tree(directory, visit::watch);
}

expected<bool> file_watcher::add_watch(const std::string& directory) {
  bool is_root = std::count(options_.directories.begin(), options_.directories.end(), directory);
  auto mask = interest | (is_root ? 0 : IN_DONT_FOLLOW);
  int watch = ::inotify_add_watch(inotify_, directory.c_str(), mask);
  if (watch < 0) {
    bool gone = errno == ENOENT || errno == ENOTDIR || errno == EACCES || errno == ELOOP;
    if (gone) return false;
    return failed(directory, errno);
  }
  if (auto old = directories_.find(watch); old != directories_.end()) watches_.erase(old->second);
  directories_[watch] = directory;
  watches_[directory] = watch;
  return true;
}

expected<void> file_watcher::watch_tree(const std::string& directory, visit what) {
  std::vector<std::string> left{directory};
  while (!left.empty()) {
    auto here = std::move(left.back());
    left.pop_back();
    auto added = add_watch(here);
    if (!added) return added.error();
    if (!*added) continue;
    for (const auto& e : entries_of(here)) {
      auto path = joined(here, e.name);
      if (!e.is_directory) {
        if (what == visit::report && !options_.ignore.ignores_file(e.name)) note(path);
      } else if (!options_.ignore.ignores_directory(e.name) && !is_virtual_environment(path)) {
        left.push_back(std::move(path));
      }
    }
  }
  return {};
}

void file_watcher::forget_tree(const std::string& directory) {
  auto forget = [this](auto w) {
    ::inotify_rm_watch(inotify_, w->second);
    directories_.erase(w->second);
    return watches_.erase(w);
  };
  if (auto own = watches_.find(directory); own != watches_.end()) forget(own);
  auto below = joined(directory, "");
  for (auto w = watches_.lower_bound(below); w != watches_.end() && w->first.starts_with(below);)
    w = forget(w);
}

expected<file_changes> file_watcher::read_changes() {
  std::uint64_t expirations;
  while (::read(timer_, &expirations, sizeof expirations) < 0 && errno == EINTR) {
  }
  if (auto read = read_events(); !read) return read.error();
  file_changes out;
  if (!waiting_) return out;
  if (clock::now() < due_) {
    arm();
    return out;
  }
  out.paths.assign(pending_.begin(), pending_.end());
  out.overflow = std::exchange(overflow_, false);
  pending_.clear();
  waiting_ = false;
  return out;
}

expected<void> file_watcher::read_events() {
  alignas(inotify_event) char buffer[16384];
  while (true) {
    auto got = ::read(inotify_, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return {};
    if (got <= 0) return failed("files", errno);
    for (auto* at = buffer; at < buffer + got;) {
      auto* event = reinterpret_cast<const inotify_event*>(at);
      at += sizeof(inotify_event) + event->len;
      auto done = handle(event->wd, event->mask, event->len ? event->name : "");
      if (!done) return done;
    }
  }
}

expected<void> file_watcher::handle(int watch, std::uint32_t mask, const char* name) {
  if (mask & IN_Q_OVERFLOW) return handle_overflow();
  auto found = directories_.find(watch);
  if (found == directories_.end()) return {};
  auto directory = found->second;
  if (mask & IN_IGNORED) {
    directories_.erase(found);
    watches_.erase(directory);
    return {};
  }
  if (mask & (IN_DELETE_SELF | IN_MOVE_SELF)) {
    const auto& roots = options_.directories;
    if (std::find(roots.begin(), roots.end(), directory) != roots.end()) note(directory);
    return {};
  }
  auto path = joined(directory, name);
  if (mask & IN_ISDIR) {
    if (options_.ignore.ignores_directory(name)) return {};
    return handle_directory(path, mask);
  }
  if (std::string_view{name} == "pyvenv.cfg" && (mask & (IN_CREATE | IN_MOVED_TO)))
    forget_tree(directory);  // a virtual environment is being made here
  else if (!options_.ignore.ignores_file(name))
    note(path);
  return {};
}

expected<void> file_watcher::handle_directory(const std::string& path, std::uint32_t mask) {
  if (mask & (IN_CREATE | IN_MOVED_TO)) {
    if (is_virtual_environment(path)) return {};
    return watch_tree(path, visit::report);
  }
  if (mask & (IN_DELETE | IN_MOVED_FROM)) {
    if (mask & IN_MOVED_FROM) forget_tree(path);
    note(path);
  }
  return {};
}

expected<void> file_watcher::handle_overflow() {
  overflow_ = true;
  changed();
  for (const auto& directory : options_.directories)
    if (auto watched = watch_tree(directory, visit::watch); !watched) return watched;
  return {};
}

void file_watcher::note(const std::string& path) {
  if (pending_.size() >= most_paths)
    overflow_ = true;
  else
    pending_.insert(path);
  changed();
}

void file_watcher::changed() {
  auto now = clock::now();
  if (!std::exchange(waiting_, true)) first_ = now;
  due_ = std::min(now + options_.quiet, first_ + options_.longest);
}

void file_watcher::arm() {
  auto left = std::max(std::chrono::nanoseconds{due_ - clock::now()}, std::chrono::nanoseconds{1});
  itimerspec when{};
  when.it_value.tv_sec = left.count() / 1000000000;
  when.it_value.tv_nsec = left.count() % 1000000000;
  ::timerfd_settime(timer_, 0, &when, nullptr);
}

}  // namespace puff::dev
