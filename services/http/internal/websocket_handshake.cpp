#include "services/http/internal/websocket_handshake.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <boost/beast/http/rfc7230.hpp>
#include <charconv>
#include <utility>

namespace puff::http::internal {
namespace {

namespace beast_http = boost::beast::http;

constexpr std::string_view magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

boost::beast::string_view to_beast(std::string_view text) { return {text.data(), text.size()}; }

/// Whether any field of that name has the token.
bool has_token(const header_block& headers, std::string_view name, std::string_view token) {
  for (std::size_t i = 0; i < headers.size(); ++i)
    if (equal_ignoring_case(headers[i].name, name) &&
        beast_http::token_list{to_beast(headers[i].value)}.exists(to_beast(token)))
      return true;
  return false;
}

/// 16 bytes in base64.
bool is_key(std::string_view key) {
  if (key.size() != 24 || !key.ends_with("==")) return false;
  std::array<unsigned char, 20> decoded{};
  return EVP_DecodeBlock(decoded.data(), reinterpret_cast<const unsigned char*>(key.data()), 24) ==
         18;
}

std::string accept_key(std::string_view key) {
  auto text = std::string{key}.append(magic);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  std::array<unsigned char, 64> encoded{};
  auto length = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
  return {reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(length)};
}

std::string_view trimmed(std::string_view text) {
  auto first = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(first);
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

/// Takes what stands before `mark` off the front. No value of an extension has a mark in it.
std::string_view cut(std::string_view& rest, char mark) {
  auto at = std::min(rest.find(mark), rest.size());
  auto piece = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return trimmed(piece);
}

std::string_view unquoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    text = text.substr(1, text.size() - 2);
  return text;
}

/// 8 to 15; 0 for anything else.
int window_bits(std::string_view text) {
  int bits = 0;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), bits);
  const bool whole = failed == std::errc{} && end == text.data() + text.size();
  return whole && text.front() != '0' && bits >= 8 && bits <= 15 ? bits : 0;
}

/// The parameters of one offer of permessage-deflate; nothing if it cannot be met.
std::optional<deflate_agreement> agree(std::string_view offered, const websocket_limits& bounds) {
  deflate_agreement made;
  const auto context = bounds.compression_context ? deflate_context::keep : deflate_context::forget;
  made.server = made.client = context;
  bool server_bits = false, client_bits = false, server_forgets = false, client_forgets = false;
  while (!offered.empty()) {
    auto given = cut(offered, ';');
    const auto key = cut(given, '=');
    given = unquoted(trimmed(given));
    auto once = [](bool& seen) { return !std::exchange(seen, true); };
    if (key == "server_no_context_takeover" && given.empty() && once(server_forgets)) {
      made.server = deflate_context::forget;
    } else if (key == "client_no_context_takeover" && given.empty() && once(client_forgets)) {
      made.client = deflate_context::forget;
    } else if (key == "client_max_window_bits" && (given.empty() || window_bits(given) != 0) &&
               once(client_bits)) {
      continue;  // 15 is what we expand anyway
    } else if (key == "server_max_window_bits" && window_bits(given) > 8 && once(server_bits)) {
      made.server_window_bits = window_bits(given);  // zlib cannot do 8
    } else {
      return std::nullopt;
    }
  }
  made.answer = "permessage-deflate";
  if (made.server == deflate_context::forget) made.answer += "; server_no_context_takeover";
  if (made.client == deflate_context::forget) made.answer += "; client_no_context_takeover";
  if (server_bits)
    made.answer += "; server_max_window_bits=" + std::to_string(made.server_window_bits);
  return made;
}

std::optional<deflate_agreement> agree(const header_block& headers,
                                       const websocket_limits& bounds) {
  for (std::size_t i = 0; i < headers.size(); ++i) {
    if (!equal_ignoring_case(headers[i].name, "sec-websocket-extensions")) continue;
    for (auto rest = headers[i].value; !rest.empty();) {
      auto offer = cut(rest, ',');
      if (cut(offer, ';') != "permessage-deflate") continue;
      if (auto made = agree(offer, bounds)) return made;
    }
  }
  return std::nullopt;
}

}  // namespace

bool asks_for_websocket(const request& head) noexcept {
  return head.method == "GET" && head.minor_version >= 1 &&
         has_token(head.headers, "upgrade", "websocket") &&
         has_token(head.headers, "connection", "upgrade");
}

websocket_refusal read_websocket_wish(const request& head, const websocket_limits& bounds,
                                      websocket_wish& into) {
  if (head.headers.get("sec-websocket-version") != "13")
    return {426, "WebSocket version 13 is spoken here"};
  auto key = head.headers.get("sec-websocket-key");
  if (!is_key(key)) return {400, "Sec-WebSocket-Key must be 16 bytes in base64"};
  if (!head.body_complete || head.content_length.value_or(0) > 0)
    return {400, "a request for a WebSocket has no body"};
  into.accept_key = accept_key(key);
  if (bounds.compression) into.deflate = agree(head.headers, bounds);
  return {};
}

}  // namespace puff::http::internal
