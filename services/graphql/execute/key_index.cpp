#include "services/graphql/execute/key_index.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#include "services/graphql/values/inspect.hpp"

namespace puff::graphql {
namespace {

constexpr double limit = 9.2e18;

std::optional<std::int64_t> spelled(std::string_view text) noexcept {
  const auto digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (digits.empty() || digits.size() > 19) return std::nullopt;
  if (digits.front() == '0' && text.size() > 1) return std::nullopt;
  std::int64_t v = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), v);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return v;
}

void append_sized(std::string& out, char tag, std::string_view bytes) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  out += tag;
  out.append(reinterpret_cast<const char*>(&size), sizeof size);
  out += bytes;
}

}  // namespace

std::optional<std::int64_t> whole_number(const cell& c) noexcept {
  switch (c.what) {
    case cell::kind::integer: return c.integer_;
    case cell::kind::text: return spelled(c.text());
    case cell::kind::real:
      if (c.real_ != std::trunc(c.real_) || std::abs(c.real_) > limit) return std::nullopt;
      return static_cast<std::int64_t>(c.real_);
    default: return std::nullopt;
  }
}

key_index::key_index(std::size_t expected) : slots_(std::bit_ceil(expected * 2 + 16)) {}

std::optional<std::int64_t> key_index::whole_key(const std::vector<column_ptr>& columns,
                                                 std::size_t row) {
  if (columns.size() != 1) return std::nullopt;
  return whole_number(columns.front()->at(row));
}

bool key_index::text_key(const std::vector<column_ptr>& columns, std::size_t row) {
  scratch_.clear();
  for (const auto& column : columns) {
    const auto c = column->at(row);
    if (c.what == cell::kind::null || c.what == cell::kind::failure) return false;
    if (const auto whole = whole_number(c))
      append_sized(scratch_, 'i', {reinterpret_cast<const char*>(&*whole), sizeof *whole});
    else if (c.what == cell::kind::text)
      append_sized(scratch_, 't', c.text());
    else
      append_sized(scratch_, 'v', inspect(c, *column));
  }
  return true;
}

key_index::slot& key_index::slot_of(std::int64_t key) noexcept {
  const auto mask = slots_.size() - 1;
  auto at = (static_cast<std::uint64_t>(key) * 0x9E37'79B9'7F4A'7C15ull) >> 32 & mask;
  while (slots_[at].number != none && slots_[at].key != key) at = (at + 1) & mask;
  return slots_[at];
}

void key_index::grow() {
  std::vector<slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const auto& s : old)
    if (s.number != none) slot_of(s.key) = s;
}

std::uint32_t key_index::add(std::int64_t key) {
  auto& found = slot_of(key);
  if (found.number != none) return found.number;
  found = {key, size_++};
  if (++used_ * 2 > slots_.size()) grow();
  return size_ - 1;
}

std::uint32_t key_index::add(const std::vector<column_ptr>& columns, std::size_t row) {
  if (const auto whole = whole_key(columns, row)) return add(*whole);
  if (!text_key(columns, row)) return none;
  const auto [at, is_new] = others_.try_emplace(scratch_, size_);
  if (is_new) ++size_;
  return at->second;
}

std::uint32_t key_index::find(const std::vector<column_ptr>& columns, std::size_t row) {
  if (const auto whole = whole_key(columns, row)) return find(*whole);
  if (!text_key(columns, row)) return none;
  const auto at = others_.find(scratch_);
  return at == others_.end() ? none : at->second;
}

}  // namespace puff::graphql
