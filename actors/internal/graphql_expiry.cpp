#include "actors/internal/graphql_expiry.hpp"

#include <algorithm>
#include <utility>

namespace puff::internal {

using std::chrono::system_clock;

struct graphql_expiry::watch : std::enable_shared_from_this<watch> {
  watch(loop& on, system_clock::time_point at, std::function<void()> f)
      : home(on), when(at), what(std::move(f)) {}

  void look() {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(when - system_clock::now());
    if (left.count() <= 0) return std::exchange(what, nullptr)();
    constexpr std::chrono::milliseconds at_most{std::chrono::minutes{1}};
    next = timer{home, home.arm(home.now() + std::min(left, at_most), [me = weak_from_this()] {
                   if (const auto self = me.lock()) self->look();
                 })};
  }

  loop& home;
  const system_clock::time_point when;
  std::function<void()> what;
  timer next;
};

graphql_expiry::graphql_expiry(loop& home, const graphql::request_context* of,
                               std::function<void()> what) {
  const auto when = of == nullptr ? std::nullopt : of->expires_at();
  if (!when) return;
  running_ = std::make_shared<watch>(home, *when, std::move(what));
  running_->look();
}

bool has_expired(const graphql::request_context* of) {
  const auto when = of == nullptr ? std::nullopt : of->expires_at();
  return when && *when <= system_clock::now();
}

}  // namespace puff::internal
