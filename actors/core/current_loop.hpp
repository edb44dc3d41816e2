#pragma once

namespace puff {

class loop;

/// The loop whose thread is calling, or null.
loop* current_loop() noexcept;

/// Said by a loop of the thread that it has entered, and of no other when it leaves.
void set_current_loop(loop* entered) noexcept;

}  // namespace puff
