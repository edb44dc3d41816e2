#pragma once

#include <string>
#include <string_view>

namespace puff::pubsub {

/// How a message says on a channel who published it (docs/decisions/0010): nobody's message is the
/// body as it is; somebody's has a head before the body, and one that is kept in the channel's
/// history another,
///
///     NUL "puff1:" SENDER NUL
///     NUL "puff2:" SENDER NUL POSITION NUL
///
/// so that anybody's messages can be read by anybody, and ours by whoever skips the head.
struct envelope {
  std::string_view from;
  std::string_view body;
  std::string_view position;  ///< empty: it is not kept
};

/// The longest sender; longer ones are cut by nobody, they are refused before.
constexpr std::size_t max_sender_bytes = 256;
constexpr std::size_t max_position_bytes = 64;

/// Whether `from` can be told: at most `max_sender_bytes`, no NUL.
bool is_sender(std::string_view from) noexcept;

/// What travels of a message that is not kept; of others the server makes it (`history`). `from` is
/// a sender, or empty.
std::string sealed(std::string_view from, std::string_view body);

/// What was sealed; a stranger's payload is all body. Total.
envelope opened(std::string_view payload) noexcept;

}  // namespace puff::pubsub
