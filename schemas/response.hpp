#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/header_block.hpp"
#include "schemas/request.hpp"

namespace puff {

/// The head of an answer. Framing (content-length, transfer-encoding, connection) and `date` are
/// the listener's business; an application's own content-length is checked against what it sends.
struct response_head {
  std::uint16_t status = 200;
  std::string reason;  ///< empty: the standard phrase
  header_block headers;
};

/// One whole answer, as native handlers give it.
struct response {
  response_head head;
  std::string body;
};

/// Bytes that go to many, with what stands behind them, a text that lives for ever.
struct shared_bytes {
  std::shared_ptr<const std::string> bytes;  ///< null: there are none
  std::string_view then{};
  std::size_t size() const noexcept { return bytes ? bytes->size() + then.size() : 0; }
};

/// What an application tells its listener about one exchange, in order: one part with `has_head`,
/// any number with data, the last with `last`. One part may be all three.
struct response_part {
  /// What a part means for a WebSocket; all but `none` are parts of their own.
  enum class socket : std::uint8_t {
    none,
    accept,  ///< with `head`, of which the fields count, and the subprotocol in `data`
    text,    ///< one message, `data` and `shared`
    binary,  ///< the same
    close,   ///< with `code` and the reason in `data`; before `accept` it refuses with 403
  };

  exchange_id id;
  socket websocket = socket::none;
  std::uint16_t code = 0;
  bool has_head = false;
  bool last = false;
  bool failed = false;         ///< the application gave up in mid-answer: cut the connection
  std::uint64_t consumed = 0;  ///< bytes of the request's body that the application has taken
  response_head head;
  std::string data;
  shared_bytes shared;             ///< after `data`
  std::unique_ptr<request> spent;  ///< the request, when nobody looks at it any more: to be reused
};

/// All parts of one turn of the application: the unit in which answers cross threads.
using response_parts = std::vector<response_part>;

}  // namespace puff
