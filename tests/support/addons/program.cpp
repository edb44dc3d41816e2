// A program that an add-on's source is a part of.
#include <puff/addon.h>

#include <puff/puff.hpp>

extern "C" const puff_addon* puff_addon_entry();

int main(int argc, char** argv) {
  return puff::program("shop").addon(puff_addon_entry()).run(argc, argv);
}
