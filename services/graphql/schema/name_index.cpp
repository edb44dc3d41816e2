#include "services/graphql/schema/name_index.hpp"

#include <functional>
#include <utility>

namespace puff::graphql {

std::size_t name_index::slot_of(std::string_view name) const noexcept {
  auto mask = entries_.size() - 1;
  auto slot = std::hash<std::string_view>{}(name)&mask;
  while (entries_[slot].position != none && entries_[slot].name != name) slot = (slot + 1) & mask;
  return slot;
}

void name_index::grow() {
  auto old =
      std::exchange(entries_, std::vector<entry>(entries_.empty() ? 8 : entries_.size() * 2));
  for (auto& e : old)
    if (e.position != none) entries_[slot_of(e.name)] = e;
}

std::uint32_t name_index::add(std::string_view name, std::uint32_t position) {
  if (used_ * 2 >= entries_.size()) grow();
  auto& e = entries_[slot_of(name)];
  if (e.position != none) return e.position;
  e = {name, position};
  ++used_;
  return position;
}

std::uint32_t name_index::find(std::string_view name) const noexcept {
  return entries_.empty() ? none : entries_[slot_of(name)].position;
}

}  // namespace puff::graphql
