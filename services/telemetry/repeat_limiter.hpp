#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace puff::log {

/// Decides which of many like messages are written. Remembers at most `capacity` keys and forgets
/// the one written longest ago. Time comes from the caller. Belongs to one thread.
class repeat_limiter {
 public:
  using clock = std::chrono::steady_clock;

  explicit repeat_limiter(std::size_t capacity = 1024) : capacity_(capacity) {}

  /// How many were held back since the last one written; nothing: hold this one back too.
  std::optional<std::uint64_t> admit(std::string_view key, std::chrono::milliseconds interval,
                                     clock::time_point now);

  /// Keys with messages held back and their number; they count from zero again.
  std::vector<std::pair<std::string, std::uint64_t>> take_held();

  std::size_t size() const noexcept { return entries_.size(); }

 private:
  struct entry {
    clock::time_point written;
    std::uint64_t held = 0;
  };

  void forget_oldest();

  std::size_t capacity_;
  std::map<std::string, entry, std::less<>> entries_;
};

}  // namespace puff::log
