#include "services/http/internal/websocket_protocol.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace puff::http::internal {
namespace {

constexpr unsigned char fin_bit = 0x80, compressed_bit = 0x40, other_bits = 0x30, mask_bit = 0x80;
constexpr std::size_t longest_control = 125;
constexpr std::size_t longest_header = 10, small_message = 4096;  // bytes

bool is_control(opcode kind) { return static_cast<std::uint8_t>(kind) >= 8; }

void append_header(std::string& out, unsigned char first, std::size_t size) {
  out += static_cast<char>(first);
  const int bytes = size < 126 ? 0 : size < 65536 ? 2 : 8;
  out += static_cast<char>(bytes == 0 ? size : bytes == 2 ? 126 : 127);
  for (int i = bytes - 1; i >= 0; --i)
    out += static_cast<char>(static_cast<std::uint64_t>(size) >> (8 * i));
}

void unmask(char* data, std::size_t size, const std::array<unsigned char, 4>& mask, unsigned at) {
  std::array<unsigned char, 8> turned{};
  for (unsigned i = 0; i < 8; ++i) turned[i] = mask[(at + i) & 3];
  std::uint64_t wide = 0;
  std::memcpy(&wide, turned.data(), sizeof wide);
  std::size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, data + i, sizeof eight);
    eight ^= wide;
    std::memcpy(data + i, &eight, sizeof eight);
  }
  for (; i < size; ++i)
    data[i] = static_cast<char>(static_cast<unsigned char>(data[i]) ^ turned[i & 7]);
}

}  // namespace

websocket_protocol::websocket_protocol(const websocket_limits& bounds,
                                       std::optional<deflate_agreement> deflate,
                                       shared_deflate& shared)
    : bounds_(bounds), deflate_(std::move(deflate)), shared_(shared) {}

bool websocket_protocol::begin_failure(std::uint16_t code, std::string_view reason) {
  close_code_ = code;
  close_reason_ = reason;
  return false;
}

websocket_protocol::step websocket_protocol::fail(std::uint16_t code, std::string_view reason,
                                                  std::size_t consumed) {
  begin_failure(code, reason);
  return {event::failed, consumed};
}

websocket_protocol::step websocket_protocol::put(std::string_view in) {
  const auto all = in.size();
  while (!in.empty()) {
    if (!in_payload_) {
      if (!read_header(in)) break;
      if (!check_header()) return {event::failed, all - in.size()};
      begin_frame();
    }
    const auto piece =
        in.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, in.size())));
    in.remove_prefix(piece.size());
    take_payload(piece, is_control(frame_kind_) ? control_ : message_);
    const bool text = frame_kind_ != opcode::binary && !is_control(frame_kind_) &&
                      message_kind_ == opcode::text && !compressed_;
    if (text && !utf8_.put(std::string_view{message_}.substr(message_.size() - piece.size())))
      return fail(1007, "a text is not UTF-8", all - in.size());
    if (left_ > 0) break;
    auto end = end_frame(all - in.size());
    if (end.what != event::none) return end;
  }
  return {event::none, all - in.size()};
}

std::size_t websocket_protocol::header_bytes() const noexcept {
  if (header_size_ < 2) return 2;
  const auto length = header_[1] & 0x7f;
  return 2 +
         (length == 126   ? 2u
          : length == 127 ? 8u
                          : 0u) +
         ((header_[1] & mask_bit) != 0 ? 4u : 0u);
}

/// False if more bytes are needed.
bool websocket_protocol::read_header(std::string_view& in) {
  for (auto wanted = header_bytes(); header_size_ < wanted; wanted = header_bytes()) {
    if (in.empty()) return false;
    const auto piece = std::min(wanted - header_size_, in.size());
    std::memcpy(header_.data() + header_size_, in.data(), piece);
    header_size_ = static_cast<std::uint8_t>(header_size_ + piece);
    in.remove_prefix(piece);
  }
  return true;
}

bool websocket_protocol::check_header() {
  const auto number = header_[0] & 0x0f;
  frame_kind_ = static_cast<opcode>(number);
  final_ = (header_[0] & fin_bit) != 0;
  const bool packed = (header_[0] & compressed_bit) != 0;
  const auto length = header_[1] & 0x7f;
  left_ = static_cast<std::uint64_t>(length);
  if (length >= 126) {
    left_ = 0;
    for (std::size_t i = 2; i < (length == 126 ? 4u : 10u); ++i) left_ = left_ << 8 | header_[i];
  }
  if ((header_[0] & other_bits) != 0) return begin_failure(1002, "a reserved bit is set");
  if (number > 10 || (number > 2 && number < 8))
    return begin_failure(1002, "a frame has a reserved opcode");
  if ((header_[1] & mask_bit) == 0) return begin_failure(1002, "a frame is not masked");
  if ((length == 126 && left_ < 126) || (length == 127 && (left_ < 65536 || left_ >> 63 != 0)))
    return begin_failure(1002, "a length is not in its shortest form");
  if (is_control(frame_kind_)) {
    if (packed) return begin_failure(1002, "a control frame is compressed");
    if (!final_) return begin_failure(1002, "a control frame is cut in pieces");
    if (left_ > longest_control) return begin_failure(1002, "a control frame is too long");
    return true;
  }
  const bool continues = frame_kind_ == opcode::continuation;
  if (continues != in_message_)
    return begin_failure(
        1002, continues ? "there is nothing to continue" : "a message begins within another");
  if (packed && (continues || !deflate_)) return begin_failure(1002, "a reserved bit is set");
  const auto before = in_message_ ? message_.size() : 0;
  // What cannot be compressed becomes a little longer.
  const bool longer = continues ? compressed_ : packed;
  const auto limit = bounds_.max_message_bytes + (longer ? bounds_.max_message_bytes / 64 + 64 : 0);
  if (left_ > limit - std::min(before, limit)) return begin_failure(1009, "a message is too large");
  return true;
}

void websocket_protocol::begin_frame() {
  std::copy_n(header_.begin() + header_size_ - 4, 4, mask_.begin());
  mask_at_ = 0;
  in_payload_ = true;
  if (is_control(frame_kind_)) return control_.clear();
  if (in_message_) return;
  in_message_ = true;
  message_kind_ = frame_kind_;
  compressed_ = (header_[0] & compressed_bit) != 0;
  message_.clear();
  utf8_.reset();
}

void websocket_protocol::take_payload(std::string_view piece, std::string& into) {
  const auto before = into.size();
  into.append(piece);
  unmask(into.data() + before, piece.size(), mask_, mask_at_);
  mask_at_ = static_cast<std::uint8_t>((mask_at_ + piece.size()) & 3);
  left_ -= piece.size();
}

websocket_protocol::step websocket_protocol::end_frame(std::size_t consumed) {
  in_payload_ = false;
  header_size_ = 0;
  if (is_control(frame_kind_)) return end_control(consumed);
  return final_ ? end_message(consumed) : step{event::none, consumed};
}

websocket_protocol::step websocket_protocol::end_message(std::size_t consumed) {
  in_message_ = false;
  if (compressed_) {
    using outcome = message_inflater::outcome;
    auto how = inflater().expand(message_, bounds_.max_message_bytes, shared_.scratch);
    if (how == outcome::too_large) return fail(1009, "a message is too large", consumed);
    if (how == outcome::malformed) return fail(1007, "a message cannot be unpacked", consumed);
    message_.assign(shared_.scratch);
    if (message_kind_ == opcode::text && !utf8_.put(message_))
      return fail(1007, "a text is not UTF-8", consumed);
  }
  if (message_kind_ == opcode::text && !utf8_.complete())
    return fail(1007, "a text is not UTF-8", consumed);
  return {event::message, consumed};
}

websocket_protocol::step websocket_protocol::end_control(std::size_t consumed) {
  if (frame_kind_ == opcode::ping) return {event::ping, consumed};
  if (frame_kind_ == opcode::pong) return {event::pong, consumed};
  if (control_.size() == 1) return fail(1002, "a close frame is malformed", consumed);
  close_code_ = 1005;
  if (control_.size() >= 2) {
    const auto high = static_cast<unsigned char>(control_[0]);
    const auto low = static_cast<unsigned char>(control_[1]);
    const auto code = static_cast<std::uint16_t>(high << 8 | low);
    if (!is_close_code(code)) return fail(1002, "a close code is not valid", consumed);
    utf8_validator text;
    const auto reason = std::string_view{control_}.substr(2);
    if (!text.put(reason) || !text.complete())
      return fail(1007, "the reason of a close is not UTF-8", consumed);
    close_code_ = code;
    close_reason_ = reason;
  }
  return {event::close, consumed};
}

std::string websocket_protocol::take_message() noexcept { return std::exchange(message_, {}); }

message_inflater& websocket_protocol::inflater() {
  const bool own = deflate_->client == deflate_context::keep;
  auto& which = own ? own_inflater_ : shared_.inflater;
  if (!which) which = std::make_unique<message_inflater>(deflate_->client);
  return *which;
}

message_deflater& websocket_protocol::deflater() {
  const bool own = deflate_->server == deflate_context::keep || deflate_->server_window_bits != 15;
  auto& which = own ? own_deflater_ : shared_.deflater;
  if (!which)
    which = std::make_unique<message_deflater>(deflate_->server_window_bits, deflate_->server);
  return *which;
}

void websocket_protocol::send(opcode kind, std::string message, output_queue& out) {
  auto first = static_cast<unsigned char>(fin_bit | static_cast<unsigned char>(kind));
  if (deflate_ && message.size() >= bounds_.compression_min_bytes) {
    deflater().compress(message, shared_.scratch);
    // What has gone through a compressor that remembers must go to the client in that form.
    if (shared_.scratch.size() < message.size() || deflate_->server == deflate_context::keep) {
      first |= compressed_bit;
      message.assign(shared_.scratch);
    }
  }
  out.write([&](std::string& bytes) {
    append_header(bytes, first, message.size());
    return 0;
  });
  out.append_piece(std::move(message));
}

void websocket_protocol::send(opcode kind, std::string head, const shared_bytes& rest,
                              output_queue& out) {
  const auto size = head.size() + rest.size();
  if (deflate_ && size >= bounds_.compression_min_bytes) {
    if (rest.bytes) head.append(*rest.bytes).append(rest.then);
    return send(kind, std::move(head), out);
  }
  out.write([&](std::string& bytes) {
    if (bytes.empty()) bytes.reserve(std::min(size, small_message) + longest_header);
    append_header(bytes, static_cast<unsigned char>(fin_bit | static_cast<unsigned char>(kind)),
                  size);
    bytes.append(head);
    return 0;
  });
  out.append_shared(rest);
}

void websocket_protocol::send_control(opcode kind, std::string_view payload, output_queue& out) {
  payload = payload.substr(0, longest_control);
  out.write([&](std::string& bytes) {
    append_header(bytes, static_cast<unsigned char>(fin_bit | static_cast<unsigned char>(kind)),
                  payload.size());
    bytes.append(payload);
    return 0;
  });
}

void websocket_protocol::send_close(std::uint16_t code, std::string_view reason,
                                    output_queue& out) {
  std::string payload;
  if (code != 1005) {
    payload += static_cast<char>(code >> 8);
    payload += static_cast<char>(code & 0xff);
    payload.append(fitting(reason));
  }
  send_control(opcode::close, payload, out);
}

bool websocket_protocol::is_close_code(std::uint16_t code) noexcept {
  if (code >= 3000) return code < 5000;
  return (code >= 1000 && code <= 1014) && code != 1004 && code != 1005 && code != 1006;
}

std::string_view websocket_protocol::fitting(std::string_view reason) noexcept {
  auto size = std::min(reason.size(), longest_control - 2);
  // Not in the midst of a character.
  if (size < reason.size())
    while (size > 0 && (static_cast<unsigned char>(reason[size]) & 0xc0) == 0x80) --size;
  return reason.substr(0, size);
}

}  // namespace puff::http::internal
