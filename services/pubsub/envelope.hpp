#pragma once

#include <string>
#include <string_view>

namespace puff::pubsub {

/// How a message says on a channel who published it (docs/decisions/0010): nobody's message is the
/// body as it is; somebody's has a head before the body,
///
///     NUL "puff1:" SENDER NUL
///
/// so that anybody's messages can be read by anybody, and ours by whoever skips the head.
struct envelope {
  std::string_view from;
  std::string_view body;
};

/// The longest sender; longer ones are cut by nobody, they are refused before.
constexpr std::size_t max_sender_bytes = 256;

/// Whether `from` can be told: at most `max_sender_bytes`, no NUL.
bool is_sender(std::string_view from) noexcept;

/// What travels. `from` is a sender, or empty.
std::string sealed(std::string_view from, std::string_view body);

/// What `sealed` was given; a stranger's payload is all body. Total.
envelope opened(std::string_view payload) noexcept;

}  // namespace puff::pubsub
