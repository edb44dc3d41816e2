#include "actors/core/reason.hpp"

#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>

#include "schemas/exception_text.hpp"

namespace puff {

error error_of(const std::exception_ptr& thrown) {
  return make_error(ec::internal, exception_text(thrown));
}

bool is_orderly(const error& reason) {
  return !reason || reason == caf::exit_reason::user_shutdown ||
         reason == caf::exit_reason::normal || reason == caf::exit_reason::unreachable ||
         code_of(reason) == ec::shutting_down;
}

std::string text_of(const error& reason) {
  if (!reason) return "ended by itself";
  if (reason.category() != caf::atom("exit")) return describe(reason);
  return "ended: " + to_string(static_cast<caf::exit_reason>(reason.code()));
}

}  // namespace puff
