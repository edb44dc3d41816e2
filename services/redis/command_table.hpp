#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "schemas/error.hpp"
#include "schemas/redis_value.hpp"

namespace puff::redis {

/// Which kind of connection commands need.
enum class command_kind : std::uint8_t {
  ordinary,  ///< may share the multiplexed connection
  blocking,  ///< may make the server wait, so they get a connection for themselves
};

/// Whether a command may wait in the server: BLPOP and its like, XREAD and XREADGROUP with BLOCK,
/// WAIT. `parts` is the command, name first; case does not matter.
bool is_blocking(std::span<const std::string_view> parts) noexcept;

/// Why a command must not be sent over connections that others share, and what to use instead;
/// empty if it may.
std::string_view refusal(std::span<const std::string_view> parts) noexcept;

/// Looks at every command in `commands`. One blocking command makes the whole sequence blocking
/// (which gives WAIT its meaning: it waits for the writes sent along with it), except between MULTI
/// and EXEC, where Redis never blocks.
///
/// Errors: `unsupported` with the refusal, also for a MULTI that is not closed in the same sequence
/// or an EXEC that nothing opened; `bad_argument` if the wire form is malformed or does not hold
/// `commands.count` commands, since that would shift every later reply.
expected<command_kind> classify(const redis_commands& commands);

}  // namespace puff::redis
