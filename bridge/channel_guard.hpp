#pragma once

#include <memory>
#include <string>

#include "actors/pubsub_endpoint.hpp"
#include "schemas/error.hpp"

namespace puff::bridge {

/// Asks the Python function of that name, `authorize(request, channel)`, on a greenlet, or if it is
/// a coroutine function on the asyncio thread. Imports it on the calling greenlet; the error is the
/// text to show.
expected<std::shared_ptr<channel_guard>> load_channel_guard(const std::string& dotted_path);

}  // namespace puff::bridge
