#pragma once

#include <algorithm>
#include <memory_resource>
#include <span>
#include <tuple>
#include <type_traits>
#include <vector>

namespace puff::graphql::internal {

/// Where the elements of lists wait until a list ends and moves to the arena: one stack for each
/// type of element, so that a list within a list costs no allocation of its own.
template <class... Ts>
class scratch {
 public:
  template <class T>
  std::vector<T>& stack() noexcept {
    return std::get<std::vector<T>>(stacks_);
  }

  /// Moves what lies above `from` to the arena.
  template <class T>
  std::span<const T> take(std::size_t from, std::pmr::memory_resource& arena) {
    static_assert(std::is_trivially_copyable_v<T>);
    auto& all = stack<T>();
    auto count = all.size() - from;
    if (count == 0) return {};
    auto* place = static_cast<T*>(arena.allocate(count * sizeof(T), alignof(T)));
    std::uninitialized_copy_n(all.begin() + static_cast<std::ptrdiff_t>(from), count, place);
    all.resize(from);
    return {place, count};
  }

 private:
  std::tuple<std::vector<Ts>...> stacks_;
};

}  // namespace puff::graphql::internal
