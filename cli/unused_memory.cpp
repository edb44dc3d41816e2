#include "cli/unused_memory.hpp"

#include <cstddef>

// Of jemalloc, where it is linked (docs/decisions/0003).
extern "C" int mallctl(const char* name, void* old, std::size_t* old_size, void* value,
                       std::size_t size) __attribute__((weak));

namespace puff::cli {

void return_unused_memory() {
  if (mallctl == nullptr) return;
  constexpr auto all_arenas = "arena.4096.purge";
  mallctl("thread.tcache.flush", nullptr, nullptr, nullptr, 0);
  mallctl(all_arenas, nullptr, nullptr, nullptr, 0);
}

}  // namespace puff::cli
