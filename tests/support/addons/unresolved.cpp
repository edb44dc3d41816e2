// An add-on that needs a function which nobody has.
#include <puff/addon.hpp>

extern "C" void function_of_a_missing_library();

namespace {
void start(puff::addon::host&) { function_of_a_missing_library(); }
}  // namespace

PUFF_ADDON("unresolved", "0.1", start)
