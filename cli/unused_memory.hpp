#pragma once

namespace puff::cli {

/// Gives the memory that the start has used and freed back to the system, rather than after the
/// allocator's ten seconds. Does nothing in a program whose allocator is not jemalloc.
void return_unused_memory();

}  // namespace puff::cli
