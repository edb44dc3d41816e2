#pragma once

#include <functional>

#include "schemas/error.hpp"

namespace puff::bridge {

class loop_thread;

/// What starts the asyncio thread when it is first needed, and leaves it in the runtime; nothing:
/// it is there already, or never. With the GIL held.
void start_asyncio_by(std::function<error()> start);

/// Whether there is an asyncio thread, or will be when it is needed. With the GIL held.
bool has_asyncio() noexcept;

/// The asyncio thread, started now if it is to be started when it is needed; this takes as long as
/// importing asyncio does. Null with an exception if there is none. With the GIL held, which is
/// released meanwhile.
loop_thread* needed_asyncio();

}  // namespace puff::bridge
