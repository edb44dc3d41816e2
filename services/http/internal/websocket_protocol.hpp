#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "services/http/internal/message_deflate.hpp"
#include "services/http/internal/output_queue.hpp"
#include "services/http/internal/utf8_validator.hpp"
#include "services/http/internal/websocket_handshake.hpp"
#include "services/http/websocket_limits.hpp"

namespace puff::http::internal {

enum class opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10,
};

/// Compressors that connections share which keep nothing between messages, and room to work in.
struct shared_deflate {
  std::unique_ptr<message_deflater> deflater;
  std::unique_ptr<message_inflater> inflater;
  std::string scratch;
};

/// The frames of one WebSocket, the server's side (RFC 6455, RFC 7692): makes messages of the
/// client's bytes, and frames of the server's messages. No input or output of its own.
///
/// Strict: reserved bits and opcodes, unmasked frames, lengths that are not the shortest, control
/// frames that are long or cut in pieces, texts that are no UTF-8 (found at the first wrong byte,
/// when they are not compressed) all fail.
class websocket_protocol {
 public:
  websocket_protocol(const websocket_limits& bounds, std::optional<deflate_agreement> deflate,
                     shared_deflate& shared);

  enum class event : std::uint8_t {
    none,     ///< all of the input is taken
    message,  ///< `message()` is complete, of `kind()`
    ping,     ///< `control()` is to be sent back
    pong,
    close,   ///< the client's: `close_code()` and `close_reason()`
    failed,  ///< the connection must end with `close_code()` and `close_reason()`
  };
  struct step {
    event what;
    std::size_t consumed;  ///< bytes taken from the front of the input
  };
  /// After `close` and `failed` nothing more is to be put.
  step put(std::string_view in);

  opcode kind() const noexcept { return message_kind_; }
  std::string take_message() noexcept;
  std::string_view control() const noexcept { return control_; }
  /// 1005 if the client gave none.
  std::uint16_t close_code() const noexcept { return close_code_; }
  std::string_view close_reason() const noexcept { return close_reason_; }

  /// Appends one message. `text` or `binary`.
  void send(opcode kind, std::string message, output_queue& out);
  /// The same for one whose end goes to others too.
  void send(opcode kind, std::string head, const shared_bytes& rest, output_queue& out);
  /// Appends a control frame; the payload is cut at 125 bytes.
  static void send_control(opcode kind, std::string_view payload, output_queue& out);
  /// Appends a close frame; 1005 goes without a code.
  static void send_close(std::uint16_t code, std::string_view reason, output_queue& out);

  /// Whether a close frame may carry it.
  static bool is_close_code(std::uint16_t code) noexcept;
  /// The longest beginning of `reason` that fits a close frame and is UTF-8.
  static std::string_view fitting(std::string_view reason) noexcept;

 private:
  step fail(std::uint16_t code, std::string_view reason, std::size_t consumed);
  bool read_header(std::string_view& in);
  bool check_header();
  std::size_t header_bytes() const noexcept;
  void begin_frame();
  void take_payload(std::string_view piece, std::string& into);
  step end_frame(std::size_t consumed);
  step end_message(std::size_t consumed);
  step end_control(std::size_t consumed);
  bool begin_failure(std::uint16_t code, std::string_view reason);
  message_inflater& inflater();
  message_deflater& deflater();

  const websocket_limits& bounds_;
  std::optional<deflate_agreement> deflate_;
  shared_deflate& shared_;
  std::unique_ptr<message_deflater> own_deflater_;
  std::unique_ptr<message_inflater> own_inflater_;

  std::array<unsigned char, 14> header_{};
  std::uint8_t header_size_ = 0;
  bool in_payload_ = false, final_ = false;
  opcode frame_kind_ = opcode::text;
  std::uint64_t left_ = 0;  // of the frame's payload
  std::array<unsigned char, 4> mask_{};
  std::uint8_t mask_at_ = 0;

  bool in_message_ = false, compressed_ = false;
  opcode message_kind_ = opcode::text;
  std::string message_, control_;
  utf8_validator utf8_;
  std::uint16_t close_code_ = 1005;
  std::string close_reason_;
};

}  // namespace puff::http::internal
