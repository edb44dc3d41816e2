#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/error.hpp"

namespace puff::tasks {

/// Bounds of what may be put into a queue.
inline constexpr std::size_t max_param_bytes = std::size_t{64} << 20;
inline constexpr std::size_t max_function_bytes = 1'000;
inline constexpr int lowest_priority = -100, highest_priority = 100;

/// How often something may run: `times` in each `per`.
struct rate {
  std::uint32_t times = 0;  ///< 0: as often as one likes
  std::chrono::milliseconds per{0};
};

/// Again after an exception; without it an exception is final.
struct retries {
  std::uint32_t times = 0;
  std::chrono::milliseconds first{1'000};   ///< the pause before the second attempt; it doubles
  std::chrono::milliseconds last{600'000};  ///< the longest pause
};

/// A task as it lies in Redis: 22 bytes of header, the function's name, tagged extras, and the
/// parameter. The scripts read header and extras too: `scripts/common.lua` says the same.
struct record {
  std::uint16_t claims = 0;      ///< how often it was claimed
  std::uint16_t given_back = 0;  ///< of these, how often it was given back unstarted
  std::uint16_t max_attempts = 5;
  int priority = 0;  ///< higher runs first
  std::chrono::milliseconds timeout{30'000};
  std::chrono::milliseconds keep_result{300'000};  ///< 0: no result
  std::string function;
  std::string param;  ///< JSON

  // Extras.
  std::string unique;
  std::string limit_key;  ///< what `concurrency` and `limit` count by
  std::uint32_t concurrency = 0;
  rate limit;
  retries again;
  std::string next;    ///< the step after this one: its id, and its record without a parameter
  std::string member;  ///< of a group: its id, and the place in it

  bool special() const noexcept {
    return !unique.empty() || !limit_key.empty() || again.times > 0 || !next.empty() ||
           !member.empty();
  }
};

/// Why it must not be put into a queue; no error if it may. The text names the offending argument.
error validate(const record& r);

/// Of a valid record.
std::string encode(const record& r);

/// Whether an encoded record has the priority of what names none.
bool has_usual_priority(std::string_view bytes) noexcept;

/// `bad_argument` if the bytes are no record.
expected<record> decode(std::string_view bytes);

}  // namespace puff::tasks
