#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "schemas/error.hpp"

namespace puff::dev::internal {

/// The right to run the server of a directory: a lock on a file in it. The server inherits the
/// descriptor, so the lock is held as long as the program or its server lives, and whoever gets it
/// knows that neither does.
class directory_lock {
 public:
  /// Nothing if somebody else holds it. `io_failed` names the file.
  static expected<std::optional<directory_lock>> try_acquire(const std::string& file);
  /// The process that took the lock of `file` last; 0 if it is gone or unknown.
  static pid_t living_owner(const std::string& file);

  directory_lock(directory_lock&& other) noexcept;
  directory_lock& operator=(directory_lock&& other) noexcept;
  ~directory_lock();

  int descriptor() const noexcept { return descriptor_; }

 private:
  explicit directory_lock(int descriptor) noexcept : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace puff::dev::internal
