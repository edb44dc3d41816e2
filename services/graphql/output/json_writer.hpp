#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "services/graphql/output/json_text.hpp"

namespace puff::graphql {

/// Writes JSON into one growing buffer and can take back what was written after a mark: so a null
/// that spreads upwards costs nothing before it happens.
class json_writer {
 public:
  explicit json_writer(std::size_t expected_bytes = 4096) { buffer_.resize(expected_bytes); }

  std::size_t size() const noexcept { return size_; }
  /// Forgets everything from `mark` (an earlier size()) on.
  void rewind(std::size_t mark) noexcept { size_ = mark; }

  void put(char c) {
    room(1);
    buffer_[size_++] = c;
  }
  /// As it stands: punctuation, a prepared key, JSON.
  void raw(std::string_view text) {
    room(text.size());
    std::memcpy(buffer_.data() + size_, text.data(), text.size());
    size_ += text.size();
  }
  void null() { raw("null"); }
  void boolean(bool v) { raw(v ? std::string_view{"true"} : std::string_view{"false"}); }
  void integer(std::int64_t v) {
    room(max_number_text);
    ended(write_integer(here(), v));
  }
  void real(double v) {
    room(max_number_text);
    ended(write_real(here(), v));
  }
  void text(std::string_view v) {
    if (v.size() > long_text) [[unlikely]]
      return write_long(v);
    room(6 * v.size() + 2);
    ended(write_quoted(here(), v));
  }

  std::string_view view() const noexcept { return {buffer_.data(), size_}; }
  std::string take() {
    buffer_.resize(size_);
    size_ = 0;
    return std::exchange(buffer_, {});
  }

 private:
  static constexpr std::size_t long_text = 4096;

  void write_long(std::string_view v);
  char* here() noexcept { return buffer_.data() + size_; }
  void ended(const char* end) noexcept { size_ = static_cast<std::size_t>(end - buffer_.data()); }
  void room(std::size_t bytes) {
    if (buffer_.size() - size_ < bytes) [[unlikely]]
      grow(bytes);
  }
  void grow(std::size_t bytes);

  std::string buffer_;  // all of its size may be written
  std::size_t size_ = 0;
};

}  // namespace puff::graphql
