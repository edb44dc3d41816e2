#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "schemas/error.hpp"

namespace puff::dev::internal {

struct command_line {
  std::vector<std::string> words;  ///< the first is the path of the program
  std::string log_file;            ///< its standard output and error are appended here
  int keep_open = -1;              ///< a descriptor that the program inherits
};

/// A program that ends with this one: the kernel sends it SIGTERM when this process is gone,
/// however that happens. The kernel watches the thread that started the program, so each child has
/// a thread of its own, which sleeps until the child ends. The child leads its own session: Ctrl-C
/// of the terminal reaches this process only.
class child_process {
 public:
  /// `io_failed` if it cannot be started.
  static expected<std::unique_ptr<child_process>> spawn(command_line what);

  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;
  /// Kills it, if it has not ended.
  ~child_process();

  pid_t pid() const;  ///< 0 once it ended
  /// Whether it ended, after waiting at most `time` for that.
  bool ended_within(std::chrono::milliseconds time) const;
  void signal(int number) const;
  /// "exited with status 1", "was ended by signal 9", "is running".
  std::string outcome() const;

 private:
  child_process() = default;
  void keep(const command_line& what);

  mutable std::mutex guard_;  // of pid_, status_, failure_
  mutable std::condition_variable changed_;
  pid_t pid_ = 0;
  std::optional<int> status_;
  std::optional<int> failure_;  // errno of the start; 0: started
  std::thread keeper_;
};

}  // namespace puff::dev::internal
