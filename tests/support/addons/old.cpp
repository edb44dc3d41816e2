// An add-on that was built for an interface that is no more.
#include <puff/addon.h>

extern "C" PUFF_ADDON_EXPORT const puff_addon* puff_addon_entry() {
  static const puff_addon entry{
      PUFF_ADDON_MAGIC, 0, sizeof(puff_addon), 0, "old", "0.1", nullptr, nullptr, nullptr};
  return &entry;
}
