#include "bridge/graphql/door.hpp"

#include <mutex>
#include <utility>

#include "bridge/hub.hpp"
#include "bridge/loop_thread.hpp"

namespace puff::bridge::graphql {
namespace {

struct door {
  std::mutex guards_the_rest;
  hub* greenlets = nullptr;
  loop_thread* asyncio = nullptr;
};

door& the_door() {
  static auto* one = new door;  // outlives every thread
  return *one;
}

}  // namespace

void open_door(hub& greenlets, loop_thread* asyncio) {
  std::scoped_lock lock{the_door().guards_the_rest};
  the_door().greenlets = &greenlets;
  the_door().asyncio = asyncio;
}

void close_door() {
  std::scoped_lock lock{the_door().guards_the_rest};
  the_door().greenlets = nullptr;
  the_door().asyncio = nullptr;
}

bool post_to(python_world where, std::function<void()> what) {
  auto& d = the_door();
  std::scoped_lock lock{d.guards_the_rest};
  python_thread* thread = d.asyncio;
  if (where == python_world::greenlets) thread = d.greenlets;
  if (thread) thread->post(std::move(what));
  return thread != nullptr;
}

}  // namespace puff::bridge::graphql
