#include "services/postgres/internal/statement_cache.hpp"

#include <array>
#include <cstdio>
#include <functional>
#include <random>
#include <utility>

namespace puff::postgres::internal {
namespace {

std::size_t hash_of(std::string_view text, const std::vector<std::uint32_t>& types) noexcept {
  auto hash = std::hash<std::string_view>{}(text);
  for (auto type : types) hash = hash * 1'000'003 + type;
  return hash;
}

/// Behind a pooler the connections of many processes share sessions of the server, where a name of
/// one of them must never mean the statement of another.
std::string unique_prefix() {
  std::random_device source;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "puff_%08x%04x_", source(), source() & 0xffff);
  return text.data();
}

}  // namespace

statement_cache::statement_cache(std::size_t capacity)
    : capacity_(capacity), prefix_(capacity == 0 ? "" : unique_prefix()) {}

statement_cache::index::iterator statement_cache::find(std::size_t hash, std::string_view text,
                                                       const std::vector<std::uint32_t>& types) {
  auto [first, last] = index_.equal_range(hash);
  for (; first != last; ++first)
    if ((*first->second)->text == text && (*first->second)->types == types) return first;
  return index_.end();
}

std::shared_ptr<statement> statement_cache::find_or_add(std::string_view text,
                                                        const std::vector<std::uint32_t>& types,
                                                        backslashes in_quotes) {
  if (capacity_ == 0) return nullptr;
  auto hash = hash_of(text, types);
  if (auto found = find(hash, text, types); found != index_.end()) {
    order_.splice(order_.begin(), order_, found->second);
    return *found->second;
  }
  if (order_.size() >= capacity_) {
    if (evicted_.size() >= capacity_) return nullptr;
    evict_oldest();
  }
  auto made = std::make_shared<statement>();
  made->text = text;
  made->types = types;
  made->name = prefix_ + std::to_string(++names_);
  made->traits = scan(text, in_quotes);
  order_.push_front(made);
  index_.emplace(hash, order_.begin());
  return made;
}

void statement_cache::forget(const std::shared_ptr<statement>& which) {
  auto found = find(hash_of(which->text, which->types), which->text, which->types);
  if (found != index_.end() && *found->second == which) erase(found);
}

void statement_cache::discard(const std::shared_ptr<statement>& which) {
  forget(which);
  evicted_.push_back(which->name);
}

void statement_cache::clear() {
  for (auto& held : order_) held->gone = true;
  index_.clear();
  order_.clear();
  evicted_.clear();
}

std::vector<std::string> statement_cache::take_evicted() noexcept {
  return std::exchange(evicted_, {});
}

void statement_cache::evict_oldest() {
  const auto& oldest = *order_.back();
  if (oldest.prepared) evicted_.push_back(oldest.name);
  erase(find(hash_of(oldest.text, oldest.types), oldest.text, oldest.types));
}

void statement_cache::erase(index::iterator at) {
  (*at->second)->gone = true;
  order_.erase(at->second);
  index_.erase(at);
}

}  // namespace puff::postgres::internal
