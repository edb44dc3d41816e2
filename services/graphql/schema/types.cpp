#include "services/graphql/schema/types.hpp"

#include <algorithm>
#include <iterator>

#include "services/graphql/language/directive_locations.hpp"

namespace puff::graphql {

namespace {

const input_value* find(const std::vector<input_value>& arguments, std::string_view name) {
  auto at = std::ranges::find(arguments, name, &input_value::name);
  return at == arguments.end() ? nullptr : &*at;
}

template <class T>
const T* find(const std::vector<T>& items, const name_index& by_name, std::string_view name) {
  auto at = by_name.find(name);
  return at < items.size() ? &items[at] : nullptr;
}

}  // namespace

const input_value* field::argument(std::string_view argument_name) const noexcept {
  return find(arguments, argument_name);
}

const input_value* directive::argument(std::string_view argument_name) const noexcept {
  return find(arguments, argument_name);
}

bool directive::may_stand_at(directive_location place) const noexcept {
  return std::ranges::find(locations, place) != locations.end();
}

const field* named_type::find_field(std::string_view field_name) const noexcept {
  return find(fields, by_name, field_name);
}

const enum_value* named_type::find_value(std::string_view value_name) const noexcept {
  return find(values, by_name, value_name);
}

const input_value* named_type::find_input(std::string_view input_name) const noexcept {
  return find(input_fields, by_name, input_name);
}

std::string to_string(const type_ref& type) {
  if (type.is_non_null()) return to_string(type.inner()) + "!";
  if (type.is_list()) return "[" + to_string(type.inner()) + "]";
  return type.named().name;
}

std::string_view name_of(directive_location place) noexcept {
  return internal::directive_location_words[static_cast<std::size_t>(place)];
}

std::optional<directive_location> directive_location_of(std::string_view name) noexcept {
  const auto& words = internal::directive_location_words;
  auto at = std::ranges::find(words, name);
  if (at == words.end()) return std::nullopt;
  return static_cast<directive_location>(std::distance(words.begin(), at));
}

}  // namespace puff::graphql
