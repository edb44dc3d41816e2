#include "services/tasks/script.hpp"

#include <algorithm>

namespace puff::tasks {

const script* script_named(std::string_view name) noexcept {
  auto all = all_scripts();
  auto found = std::find_if(all.begin(), all.end(), [&](const auto& s) { return s.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace puff::tasks
