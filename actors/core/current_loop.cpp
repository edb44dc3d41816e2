#include "actors/core/current_loop.hpp"

namespace puff {
namespace {

thread_local loop* this_loop = nullptr;

}  // namespace

loop* current_loop() noexcept { return this_loop; }

void set_current_loop(loop* entered) noexcept { this_loop = entered; }

}  // namespace puff
