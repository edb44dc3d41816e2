#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <span>

namespace puff::http::internal {

/// A connected, non-blocking TCP or unix socket. Reading and writing never wait; `readiness` says
/// when to try again, so that a request costs one read and one write. TLS will be a second class of
/// this shape.
class byte_stream {
 public:
  enum class state : std::uint8_t { done, blocked, ended, failed };
  struct outcome {
    state what;
    std::size_t bytes;
  };

  /// Takes over `descriptor`.
  explicit byte_stream(int descriptor) noexcept : descriptor_(descriptor) {}
  ~byte_stream();
  byte_stream(byte_stream&& other) noexcept;
  byte_stream& operator=(byte_stream&&) = delete;

  outcome read(std::span<char> into) noexcept;
  outcome write(std::span<const iovec> pieces) noexcept;
  void end_writing() noexcept;
  void close() noexcept;

 private:
  int descriptor_;
};

}  // namespace puff::http::internal
