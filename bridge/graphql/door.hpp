#pragma once

#include <functional>

namespace puff::bridge {
class hub;
class loop_thread;
}  // namespace puff::bridge

/// The way from an execution's thread to Python's threads, which may end before it does.
namespace puff::bridge::graphql {

/// Opened by whoever has started the threads; `asyncio` may be null.
void open_door(hub& greenlets, loop_thread* asyncio);
/// After it nothing is posted any more. Before the threads' objects go.
void close_door();

enum class python_world { greenlets, asyncio };
/// Runs `what` on that thread, with the GIL; false, and `what` is forgotten, if it is not there.
/// From any thread.
bool post_to(python_world where, std::function<void()> what);

}  // namespace puff::bridge::graphql
