#include "services/tasks/script.hpp"

namespace puff::tasks {

const script* script_named(std::string_view name) noexcept {
  return redis::find_script(all_scripts(), name);
}

}  // namespace puff::tasks
