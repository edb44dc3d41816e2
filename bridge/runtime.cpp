#include "bridge/runtime.hpp"

namespace puff::bridge {

runtime& the_runtime() noexcept {
  static runtime threads;
  return threads;
}

}  // namespace puff::bridge
