#include "services/config/internal/judge.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace puff::config::internal {
namespace {

std::string found(const key& k, std::string_view text) {
  return k.secret ? "" : ", found " + toml_text(text.substr(0, 200));
}

std::string one_of(std::span<const std::string_view> choices) {
  std::string out;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (i) out += i + 1 == choices.size() ? " or " : ", ";
    out += toml_text(choices[i]);
  }
  return out;
}

std::string text_complaint(const key& k, const std::string& text) {
  if (text.empty()) return "must not be empty; leave the key out instead";
  auto choices = k.bound->choices;
  if (!choices.empty() && std::find(choices.begin(), choices.end(), text) == choices.end())
    return "must be " + one_of(choices) + found(k, text);
  if (!k.check) return {};
  auto wrong = k.check(text);
  return wrong.empty() ? wrong : wrong + found(k, text);
}

std::string list_complaint(const key& k, const std::vector<std::string>& items) {
  if (k.required && items.empty()) return "must not be empty";
  for (const auto& item : items)
    if (auto wrong = text_complaint(k, item); !wrong.empty()) return wrong;
  return {};
}

std::string integer_complaint(const key& k, std::int64_t n) {
  auto high = std::min(k.high, k.bound->most);
  if (n >= k.low && n <= high) return {};
  return "must be from " + std::to_string(k.low) + " to " + std::to_string(high) + ", found " +
         std::to_string(n);
}

std::optional<bool> boolean_of(std::string word) {
  for (auto& c : word)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (word == "true" || word == "1" || word == "yes" || word == "on") return true;
  if (word == "false" || word == "0" || word == "no" || word == "off") return false;
  return std::nullopt;
}

std::string read_word(const key& k, const std::string& word, value& v) {
  if (k.bound->kind == value_kind::text) return v = word, "";
  if (k.bound->kind == value_kind::boolean) {
    if (auto truth = boolean_of(word)) return v = *truth, "";
    return "expected true or false" + found(k, word);
  }
  std::int64_t n = 0;
  auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), n);
  bool whole = failed == std::errc{} && end == word.data() + word.size() && !word.empty();
  if (whole) return v = n, "";
  return "expected integer" + found(k, word);
}

}  // namespace

std::string complaint(const key& k, const value& v) {
  if (auto* text = std::get_if<std::string>(&v)) return text_complaint(k, *text);
  if (auto* items = std::get_if<std::vector<std::string>>(&v)) return list_complaint(k, *items);
  if (auto* n = std::get_if<std::int64_t>(&v)) return integer_complaint(k, *n);
  return {};
}

std::string read_words(const key& k, const std::vector<std::string>& words, value& v) {
  std::string wrong;
  if (k.bound->kind == value_kind::list)
    v = words;
  else if (!words.empty())
    wrong = read_word(k, words.back(), v);
  else if (k.bound->kind == value_kind::boolean)
    v = true;
  else
    wrong = "needs a value";
  return wrong.empty() ? complaint(k, v) : wrong;
}

std::vector<std::string> words_of(const key& k, const std::string& text) {
  if (k.bound->kind != value_kind::list) return {text};
  std::vector<std::string> words;
  for (std::size_t from = 0; from <= text.size();) {
    auto comma = std::min(text.find(',', from), text.size());
    auto first = text.find_first_not_of(' ', from);
    auto last = text.find_last_not_of(' ', comma ? comma - 1 : 0);
    words.push_back(first < comma ? text.substr(first, last - first + 1) : "");
    from = comma + 1;
  }
  return words;
}

std::string subject(std::string_view key, std::string_view title) {
  auto out = "'" + std::string{key} + "'";
  return title.empty() ? out : out + " of " + std::string{title};
}

}  // namespace puff::config::internal
