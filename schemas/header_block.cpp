#include "schemas/header_block.hpp"

#include <algorithm>

namespace puff {

void header_block::add(std::string_view name, std::string_view value) {
  spans_.push_back({static_cast<std::uint32_t>(text_.size()),
                    static_cast<std::uint32_t>(name.size()),
                    static_cast<std::uint32_t>(value.size())});
  text_.append(name).append(value);
}

const header_block::span* header_block::find(std::string_view name) const noexcept {
  for (const auto& s : spans_)
    if (equal_ignoring_case({text_.data() + s.at, s.name}, name)) return &s;
  return nullptr;
}

std::string_view header_block::get(std::string_view name) const noexcept {
  const auto* s = find(name);
  return s ? std::string_view{text_.data() + s->at + s->name, s->value} : std::string_view{};
}

bool header_block::contains(std::string_view name) const noexcept { return find(name) != nullptr; }

void header_block::clear() noexcept {
  text_.clear();
  spans_.clear();
}

void header_block::reserve(std::size_t fields, std::size_t bytes) {
  spans_.reserve(fields);
  text_.reserve(bytes);
}

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  auto lower = [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; };
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [&](char x, char y) {
           return lower(static_cast<unsigned char>(x)) == lower(static_cast<unsigned char>(y));
         });
}

}  // namespace puff
