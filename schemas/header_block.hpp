#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace puff {

/// The header fields of a message in order of arrival, in one piece of memory: a message with
/// twenty fields costs two allocations. Names keep their spelling; look-up ignores case.
class header_block {
 public:
  struct field {
    std::string_view name;
    std::string_view value;
  };

  void add(std::string_view name, std::string_view value);

  /// The first field of that name, or an empty view (see `contains`).
  std::string_view get(std::string_view name) const noexcept;
  bool contains(std::string_view name) const noexcept;

  std::size_t size() const noexcept { return spans_.size(); }
  bool empty() const noexcept { return spans_.empty(); }
  field operator[](std::size_t i) const noexcept {
    const auto& s = spans_[i];
    return {{text_.data() + s.at, s.name}, {text_.data() + s.at + s.name, s.value}};
  }

  void clear() noexcept;
  void reserve(std::size_t fields, std::size_t bytes);
  std::size_t bytes() const noexcept { return text_.size(); }

 private:
  struct span {
    std::uint32_t at, name, value;
  };
  const span* find(std::string_view name) const noexcept;

  std::string text_;
  std::vector<span> spans_;
};

/// ASCII comparison without case, as header names, schemes and tokens are compared.
bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

}  // namespace puff
