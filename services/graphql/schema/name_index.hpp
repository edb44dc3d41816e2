#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace puff::graphql {

/// Positions by name: an open hash table that is filled once and then only read. The names are
/// views; whoever owns them outlives the index.
class name_index {
 public:
  static constexpr std::uint32_t none = 0xFFFF'FFFF;

  /// Adds a name, or gives the position it already has.
  std::uint32_t add(std::string_view name, std::uint32_t position);
  /// The position of a name, or `none`.
  std::uint32_t find(std::string_view name) const noexcept;

 private:
  struct entry {
    std::string_view name;
    std::uint32_t position = none;
  };
  std::size_t slot_of(std::string_view name) const noexcept;
  void grow();

  std::vector<entry> entries_;  // a power of two, at most half full
  std::size_t used_ = 0;
};

}  // namespace puff::graphql
