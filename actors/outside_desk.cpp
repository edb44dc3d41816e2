#include "actors/outside_desk.hpp"

namespace puff {

outside_desk::interface::behavior_type outside_desk::make_behavior() {
  return {[this](errand_atom, errand& what) {
    if (auto run = what.take()) run(*this);
  }};
}

}  // namespace puff
