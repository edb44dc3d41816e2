#pragma once

#include <bit>
#include <cstdint>
#include <string>

namespace puff::graphql {

struct named_type;

/// A named type and what is wrapped around it, as "[User!]!": one pointer and one word. At most
/// `max_wrappers` lists and non-nulls.
class type_ref {
 public:
  static constexpr int max_wrappers = 62;

  type_ref() = default;
  type_ref(const named_type* named) : named_(named) {}

  explicit operator bool() const noexcept { return named_ != nullptr; }
  const named_type& named() const noexcept { return *named_; }
  bool is_non_null() const noexcept { return wraps() && (bits_ & 1); }
  bool is_list() const noexcept { return wraps() && !(bits_ & 1); }
  bool is_named() const noexcept { return !wraps(); }
  int wrappers() const noexcept { return std::bit_width(bits_) - 1; }

  /// The type inside the outermost wrapper; only if there is one.
  type_ref inner() const noexcept { return {named_, bits_ >> 1}; }
  /// Without an outermost non-null.
  type_ref nullable() const noexcept { return is_non_null() ? inner() : *this; }
  type_ref list_of() const noexcept { return {named_, bits_ << 1}; }
  type_ref non_null() const noexcept { return {named_, bits_ << 1 | 1}; }

  bool operator==(const type_ref&) const = default;

 private:
  type_ref(const named_type* named, std::uint64_t bits) : named_(named), bits_(bits) {}
  bool wraps() const noexcept { return bits_ > 1; }

  const named_type* named_ = nullptr;
  std::uint64_t bits_ = 1;  // outermost wrapper lowest, 1 = non-null; a leading 1 marks the end
};

/// As GraphQL writes it: "[User!]!".
std::string to_string(const type_ref& type);

}  // namespace puff::graphql
