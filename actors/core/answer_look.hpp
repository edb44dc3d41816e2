#pragma once

namespace puff {

/// An answer is under way that takes less time than to put this thread to sleep and wake it again:
/// when it runs a loop as a guest, it looks for that answer before it sleeps the next time. A
/// loop's own thread looks always.
void expect_answer() noexcept;

/// Whether one was expected since the last call, on this thread.
bool take_expectation() noexcept;

}  // namespace puff
