#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <string>

#include "schemas/task.hpp"

namespace puff::tasks {

/// Makes task ids: UUIDs of version 7 (RFC 9562) whose order is that of their making, also within a
/// millisecond. One thread.
class identity_source {
 public:
  identity_source();
  task_id next();
  /// The same at a given time, in milliseconds since 1970.
  task_id next_at(std::uint64_t ms);

 private:
  std::mt19937_64 random_;
  std::uint64_t last_ms_ = 0;
  std::uint32_t count_ = 0;  // of this millisecond
};

/// "018f3a...-...": as people write it.
std::string to_text(const task_id& id);
/// The opposite; dashes may be left out. Nothing if it is not an id.
std::optional<task_id> id_from_text(std::string_view text);

}  // namespace puff::tasks
