#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "services/graphql/values/column.hpp"

namespace puff::graphql {

/// Numbers distinct keys in the order of their first appearance. A key is one value of each of
/// several columns; whole numbers are equal whatever their type, also to the text of their decimal
/// digits, so that int2, int4, int8, numeric and an ID match. A key with a null in it is none.
class key_index {
 public:
  static constexpr std::uint32_t none = 0xFFFF'FFFF;

  explicit key_index(std::size_t expected);

  /// The number of the key of a row, a new one if it is new.
  std::uint32_t add(const std::vector<column_ptr>& columns, std::size_t row);
  std::uint32_t find(const std::vector<column_ptr>& columns, std::size_t row);
  /// The same for a key that is one whole number.
  std::uint32_t add(std::int64_t key);
  std::uint32_t find(std::int64_t key) noexcept { return slot_of(key).number; }

  std::uint32_t size() const noexcept { return size_; }

 private:
  struct slot {
    std::int64_t key = 0;
    std::uint32_t number = none;
  };

  std::optional<std::int64_t> whole_key(const std::vector<column_ptr>& columns, std::size_t row);
  bool text_key(const std::vector<column_ptr>& columns, std::size_t row);
  slot& slot_of(std::int64_t key) noexcept;
  void grow();

  std::uint32_t size_ = 0;
  std::vector<slot> slots_;  // keys of one whole number; a power of two, at most half full
  std::size_t used_ = 0;
  std::unordered_map<std::string, std::uint32_t> others_;
  std::string scratch_;
};

/// The whole number that a value is or spells ("-12", but not "012" or "1.0").
std::optional<std::int64_t> whole_number(const cell& c) noexcept;

}  // namespace puff::graphql
