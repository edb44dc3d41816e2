#include "services/graphql/schema/coordinate.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace puff::graphql {

namespace {

// "@directive(argument:)" or "Type.member(argument:)"; what is not written is empty.
struct parts {
  bool of_directive = false;
  std::string_view name, member, argument;
};

bool is_name_part(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string_view take_name(std::string_view& text) {
  if (text.empty() || (text.front() >= '0' && text.front() <= '9')) return {};
  auto end = std::ranges::find_if_not(text, is_name_part);
  auto name = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(name.size());
  return name;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<parts> split(std::string_view text) {
  parts p;
  p.of_directive = take(text, '@');
  p.name = take_name(text);
  if (p.name.empty()) return std::nullopt;
  if (!p.of_directive && take(text, '.') && (p.member = take_name(text)).empty())
    return std::nullopt;
  if ((p.of_directive || !p.member.empty()) && take(text, '(')) {
    p.argument = take_name(text);
    if (p.argument.empty() || !take(text, ':') || !take(text, ')')) return std::nullopt;
  }
  return text.empty() ? std::optional(p) : std::nullopt;
}

graphql_error wrong(std::string message) { return {.message = std::move(message)}; }

graphql_error expected_text(std::string_view name, std::string_view what) {
  return wrong("Expected \"" + std::string(name) + "\" " + std::string(what));
}

template <class T>
schema_element element(const T* found) {
  return found ? schema_element(found) : schema_element();
}

result<schema_element> find_in_directive(const schema& s, const parts& p) {
  const auto* d = s.find_directive(p.name);
  if (p.argument.empty()) return element(d);
  if (!d) return expected_text(p.name, "to be defined as a directive in the schema.");
  return element(d->argument(p.argument));
}

result<schema_element> find_member(const named_type& type, const parts& p) {
  switch (type.kind) {
    case type_kind::enum_: return element(type.find_value(p.member));
    case type_kind::input_object: return element(type.find_input(p.member));
    case type_kind::object:
    case type_kind::interface: return element(type.find_field(p.member));
    default: break;
  }
  return expected_text(p.name, "to be an Enum, Input Object, Object or Interface type.");
}

result<schema_element> find_argument(const named_type& type, const parts& p) {
  if (!type.has_fields()) return expected_text(p.name, "to be an object type or interface type.");
  const auto* f = type.find_field(p.member);
  if (!f)
    return expected_text(
        p.member, "to exist as a field of type \"" + std::string(p.name) + "\" in the schema.");
  return element(f->argument(p.argument));
}

}  // namespace

result<schema_element> find_coordinate(const schema& s, std::string_view coordinate) {
  auto p = split(coordinate);
  if (!p) return wrong("Not a schema coordinate: \"" + std::string(coordinate) + "\".");
  if (p->of_directive) return find_in_directive(s, *p);
  const auto* type = s.type(p->name);
  if (p->member.empty()) return element(type);
  if (!type) return expected_text(p->name, "to be defined as a type in the schema.");
  return p->argument.empty() ? find_member(*type, *p) : find_argument(*type, *p);
}

}  // namespace puff::graphql
