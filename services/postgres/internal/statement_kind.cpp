#include "services/postgres/internal/statement_kind.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace puff::postgres::internal {
namespace {

constexpr std::array<std::string_view, 8> of_rows{"select", "insert", "update", "delete",
                                                  "with",   "values", "table",  "merge"};

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// The statement from its first word on; a comment before it counts as no word.
std::string_view from_first_word(std::string_view text) noexcept {
  auto begin = text.find_first_not_of(" \t\r\n(");
  return begin == std::string_view::npos ? std::string_view{} : text.substr(begin);
}

bool begins_with_word(std::string_view text, std::string_view word) noexcept {
  if (text.size() < word.size()) return false;
  if (!std::equal(word.begin(), word.end(), text.begin(),
                  [](char w, char t) { return w == lower(t); }))
    return false;
  if (text.size() == word.size()) return true;
  const char next = lower(text[word.size()]);
  return !(next >= 'a' && next <= 'z') && next != '_';
}

}  // namespace

bool may_share(const sql_request& request) noexcept {
  if (request.what != sql_request::kind::bound) return false;
  auto text = from_first_word(request.text);
  return std::any_of(of_rows.begin(), of_rows.end(),
                     [&](std::string_view word) { return begins_with_word(text, word); });
}

}  // namespace puff::postgres::internal
