#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace puff::http::internal {

/// Whether what came before helps with the next message.
enum class deflate_context : std::uint8_t { keep, forget };

/// Compresses messages as RFC 7692 has it.
class message_deflater {
 public:
  /// `window_bits` is 9 to 15; throws std::bad_alloc.
  message_deflater(int window_bits, deflate_context context);
  ~message_deflater();
  /// Replaces `into`.
  void compress(std::string_view message, std::string& into);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// And back.
class message_inflater {
 public:
  explicit message_inflater(deflate_context context);
  ~message_inflater();

  enum class outcome : std::uint8_t { done, too_large, malformed };
  /// Replaces `into`, which gets at most `max_bytes`: a small message cannot fill the memory.
  outcome expand(std::string_view compressed, std::size_t max_bytes, std::string& into);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace puff::http::internal
