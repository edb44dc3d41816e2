#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/error.hpp"
#include "schemas/response.hpp"

namespace puff::http {

/// How the end of an answer's body is told.
enum class body_framing : std::uint8_t {
  none,         ///< there is no body: HEAD, 204, 304
  sized,        ///< by content-length
  chunked,      ///< by the last chunk
  until_close,  ///< by the end of the connection (HTTP/1.0)
};

/// What the request and the connection ask of an answer's head.
struct answer_shape {
  bool head_request = false;
  bool keep_alive = true;
  std::uint8_t minor_version = 1;
  std::optional<std::uint64_t> whole_body;  ///< its size, if it is all there
};

/// What the head that was written promised.
struct answer_plan {
  body_framing framing = body_framing::none;
  bool keep_alive = true;
  std::uint64_t length = 0;  ///< of the body, if `sized`
};

/// Appends the bytes of `head` to `out`. Adds Server, Date, Connection and the framing; drops the
/// application's own hop-by-hop fields; obeys its "Connection: close" and its Content-Length.
/// Errors (`bad_argument`, nothing appended): a status outside 200..999, a name that is no token, a
/// CR, LF or NUL in a value or the reason, a Content-Length that is no number or comes twice.
expected<answer_plan> write_head(std::string& out, const response_head& head,
                                 const answer_shape& shape);

/// What an answer that opens a WebSocket says besides the application's own fields.
struct socket_terms {
  std::string_view accept_key;
  std::string_view subprotocol;  ///< empty: none
  std::string_view extensions;   ///< empty: none
};

/// Appends the head that turns a connection into a WebSocket. Errors as `write_head`.
error write_switch(std::string& out, const header_block& headers, const socket_terms& terms);

/// The size line of a chunk.
void write_chunk_size(std::string& out, std::size_t bytes);

/// A small answer of the engine itself: "404 Not Found: reason" as plain text.
response plain_answer(std::uint16_t status, std::string_view reason = {});

}  // namespace puff::http
