#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/response.hpp"

namespace puff::http::internal {

/// Bytes of answers on their way to a socket. Small pieces are put together, large ones stay the
/// strings they came as; what is sent is freed, so an idle connection holds nothing.
class output_queue {
 public:
  void append(std::string_view text);
  void append_piece(std::string piece);
  /// Large ones are sent from where they lie, which several queues may share.
  void append_shared(const shared_bytes& what);

  /// Lets `write` append small bytes to a string.
  template <class Write>
  auto write(Write write) {
    auto& out = tail();
    auto before = out.size();
    auto result = write(out);
    bytes_ += out.size() - before;
    return result;
  }

  bool empty() const noexcept { return bytes_ == 0; }
  std::size_t bytes() const noexcept { return bytes_; }

  /// Points `into` at the first bytes and returns how many entries it used.
  std::size_t gather(std::span<iovec> into) const noexcept;
  void consume(std::size_t n) noexcept;
  void clear() noexcept;

 private:
  static constexpr std::size_t joined = 4096;  // larger pieces are not copied

  struct stretch {
    std::string own;
    std::shared_ptr<const std::string> shared;  // instead
    std::string_view text() const noexcept { return shared ? *shared : own; }
  };
  std::string& tail();

  std::vector<stretch> pieces_;
  std::size_t first_ = 0, offset_ = 0;  // the first piece that is not gone, and how far it is
  std::size_t bytes_ = 0;
  bool open_ = false;  // whether the last piece takes small bytes
};

}  // namespace puff::http::internal
