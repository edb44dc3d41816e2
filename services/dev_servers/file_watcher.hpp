#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "schemas/error.hpp"
#include "services/dev_servers/ignore_rules.hpp"

namespace puff::dev {

struct watch_options {
  std::vector<std::string> directories{"."};
  /// Changes are reported once there was none for `quiet`, but not later than `longest` after the
  /// first, so that a save of many files is one report.
  std::chrono::milliseconds quiet{200};
  std::chrono::milliseconds longest{2000};
  ignore_rules ignore{};
};

struct file_changes {
  std::vector<std::string> paths;  ///< in order of names; begin with the directory as it was given
  bool overflow = false;           ///< there were too many to name; anything may have changed

  bool empty() const noexcept { return paths.empty() && !overflow; }
};

/// Tells which files below some directories were written, made, moved or removed. Directories that
/// appear later are watched too; symbolic links are not followed; virtual environments are left
/// out, whatever their name. Access and attributes do not count.
///
/// Any loop drives it: when `descriptor` is readable, call `read_changes`. Belongs to one thread.
class file_watcher {
 public:
  /// `not_found` or `io_failed` name the directory; also where the kernel's limit of watches is
  /// reached, and which setting raises it.
  static expected<std::unique_ptr<file_watcher>> start(watch_options o);

  file_watcher(const file_watcher&) = delete;
  file_watcher& operator=(const file_watcher&) = delete;
  ~file_watcher();

  /// Readable when `read_changes` should be called; stays the same.
  int descriptor() const noexcept { return epoll_; }

  /// The changes that are due, often none: the descriptor becomes readable again when they are.
  /// Never blocks.
  expected<file_changes> read_changes();

  /// Directories being watched.
  std::size_t size() const noexcept { return directories_.size(); }

 private:
  using clock = std::chrono::steady_clock;
  enum class visit : std::uint8_t { watch, report };

  explicit file_watcher(watch_options o) : options_(std::move(o)) {}
  expected<void> open();
  expected<void> watch_root(const std::string& directory);
  expected<void> watch_tree(const std::string& directory, visit what);
  expected<bool> add_watch(const std::string& directory);
  void forget_tree(const std::string& directory);
  expected<void> read_events();
  expected<void> handle(int watch, std::uint32_t mask, const char* name);
  expected<void> handle_directory(const std::string& path, std::uint32_t mask);
  expected<void> handle_overflow();
  void note(const std::string& path);
  void changed();
  void arm();

  watch_options options_;
  int inotify_ = -1, timer_ = -1, epoll_ = -1;
  std::map<int, std::string> directories_;  // by watch
  std::map<std::string, int> watches_;      // by directory
  std::set<std::string> pending_;
  bool overflow_ = false;
  bool waiting_ = false;               // something is pending
  clock::time_point first_{}, due_{};  // of what is pending
};

}  // namespace puff::dev
