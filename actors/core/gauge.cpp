#include "actors/core/gauge.hpp"

namespace puff {

std::uint64_t gauge::waiting() const noexcept {
  auto out = handled.load(std::memory_order_relaxed);
  auto in = arrived.load(std::memory_order_relaxed);
  return in > out ? in - out : 0;
}

gauge::counter& gauge::find_or_add(std::string_view name, kind what) {
  std::scoped_lock lock{guards_the_rest_};
  for (auto& known : named_)
    if (known.name == name) return known.value;
  return named_.emplace_back(name, what).value;
}

std::vector<std::pair<std::string, std::uint64_t>> gauge::details() const {
  std::scoped_lock lock{guards_the_rest_};
  std::vector<std::pair<std::string, std::uint64_t>> all;
  all.reserve(named_.size());
  for (const auto& known : named_)
    all.emplace_back(known.name, known.value.load(std::memory_order_relaxed));
  return all;
}

std::string gauge::last_error() const {
  std::scoped_lock lock{guards_the_rest_};
  return last_error_;
}

void gauge::end(std::string why) {
  std::scoped_lock lock{guards_the_rest_};
  last_error_ = std::move(why);
  for (auto& known : named_)
    if (known.what == kind::level) known.value.store(0, std::memory_order_relaxed);
  handled.store(arrived.load(std::memory_order_relaxed), std::memory_order_relaxed);
}

}  // namespace puff
