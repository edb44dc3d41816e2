#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "schemas/error.hpp"
#include "schemas/redis_value.hpp"

namespace puff::redis {

/// Turns the bytes of a server (RESP2) into values, however the bytes are cut.
///
/// Bytes can be read straight into its buffer (`prepare`, then `commit`), so that a bulk string is
/// copied once, into its value. After an error the parser is of no more use.
class reply_parser {
 public:
  /// Arrays nested deeper are a protocol error.
  static constexpr std::size_t max_depth = 8;

  /// A single reply of more than `max_reply_bytes` on the wire is an error (`too_large`).
  explicit reply_parser(std::size_t max_reply_bytes = std::size_t{1} << 30);
  ~reply_parser();
  reply_parser(reply_parser&&) noexcept;
  reply_parser& operator=(reply_parser&&) noexcept;

  /// Room for at least `size` bytes; good until the next call.
  std::span<char> prepare(std::size_t size);
  /// That many bytes were written to the room.
  void commit(std::size_t size);
  void feed(std::string_view bytes);

  /// The next reply; nothing if more bytes are needed. `bad_request` for a violation of the
  /// protocol.
  expected<std::optional<redis_value>> take();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace puff::redis
