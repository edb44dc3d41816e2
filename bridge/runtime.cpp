#include "bridge/runtime.hpp"

#include "bridge/hub.hpp"

namespace puff::bridge {

runtime& the_runtime() noexcept {
  static runtime threads;
  return threads;
}

work* running_work() noexcept {
  auto* greenlets = the_runtime().greenlets;
  return greenlets ? greenlets->running_work() : nullptr;
}

}  // namespace puff::bridge
