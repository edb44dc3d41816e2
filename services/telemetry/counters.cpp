#include "services/telemetry/counters.hpp"

#include <algorithm>

namespace puff {
namespace {

template <class Map>
auto& named(Map& map, std::string_view name) {
  auto found = map.find(name);
  return found != map.end() ? found->second : map[std::string{name}];
}

}  // namespace

counter& counters::count(std::string_view name) {
  std::lock_guard lock{guard_};
  return named(counters_, name);
}

gauge& counters::level(std::string_view name) {
  std::lock_guard lock{guard_};
  return named(gauges_, name);
}

std::vector<counters::sample> counters::snapshot() const {
  std::vector<sample> out;
  std::lock_guard lock{guard_};
  for (const auto& [name, c] : counters_)
    out.push_back({name, sample::kind::counter, static_cast<std::int64_t>(c.value())});
  for (const auto& [name, g] : gauges_) out.push_back({name, sample::kind::gauge, g.value()});
  std::stable_sort(out.begin(), out.end(),
                   [](const sample& a, const sample& b) { return a.name < b.name; });
  return out;
}

}  // namespace puff
