#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <span>
#include <string_view>
#include <system_error>

namespace puff::redis::internal {

/// Whether a command's name, in whatever case, is that one in capitals.
inline bool is_command(std::string_view name, std::string_view capitals) noexcept {
  auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
  return std::equal(name.begin(), name.end(), capitals.begin(), capitals.end(),
                    [&](char a, char b) { return upper(a) == b; });
}

/// Walks over commands in wire form. Of each command it keeps the first parts, enough for the
/// table.
class wire_reader {
 public:
  explicit wire_reader(std::string_view wire) : rest_(wire) {}

  bool at_end() const noexcept { return rest_.empty(); }
  /// How many bytes are behind the command that was read last.
  std::size_t left() const noexcept { return rest_.size(); }
  std::span<const std::string_view> parts() const noexcept { return {parts_.data(), kept_}; }

  bool next() noexcept {
    std::size_t count = 0;
    if (!header('*', count) || count == 0) return false;
    kept_ = 0;
    for (std::size_t i = 0; i < count; ++i) {
      std::size_t size = 0;
      if (!header('$', size) || rest_.size() < 2 || size > rest_.size() - 2) return false;
      if (kept_ < parts_.size()) parts_[kept_++] = rest_.substr(0, size);
      rest_.remove_prefix(size);
      if (!rest_.starts_with("\r\n")) return false;
      rest_.remove_prefix(2);
    }
    return true;
  }

 private:
  bool header(char kind, std::size_t& number) noexcept {
    if (rest_.empty() || rest_.front() != kind) return false;
    auto [end, failed] = std::from_chars(rest_.data() + 1, rest_.data() + rest_.size(), number);
    if (failed != std::errc{}) return false;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    if (!rest_.starts_with("\r\n")) return false;
    rest_.remove_prefix(2);
    return true;
  }

  std::string_view rest_;
  std::array<std::string_view, 16> parts_;
  std::size_t kept_ = 0;
};

}  // namespace puff::redis::internal
