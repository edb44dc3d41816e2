#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace puff {

/// A number that only grows. Any thread; relaxed, so it orders nothing else.
class counter {
 public:
  void add(std::uint64_t n = 1) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// A number that goes up and down.
class gauge {
 public:
  void set(std::int64_t n) noexcept { value_.store(n, std::memory_order_relaxed); }
  void add(std::int64_t n) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
  std::int64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

/// Counters and gauges by name. Look one up once and keep the reference: it lives as long as the
/// set, and only looking up takes a lock. Names are "http.requests", in lower case.
class counters {
 public:
  counters() = default;
  counters(const counters&) = delete;
  counters& operator=(const counters&) = delete;

  /// The counter of this name, made at first use. A counter and a gauge of one name are two things.
  counter& count(std::string_view name);
  gauge& level(std::string_view name);

  struct sample {
    std::string name;
    enum class kind : std::uint8_t { counter, gauge } what;
    std::int64_t value;
  };
  /// All values, in order of names. Each is exact; together they are not of one instant.
  std::vector<sample> snapshot() const;

 private:
  mutable std::mutex guard_;  // of the maps, not of the values
  std::map<std::string, counter, std::less<>> counters_;
  std::map<std::string, gauge, std::less<>> gauges_;
};

}  // namespace puff
