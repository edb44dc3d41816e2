#include "services/graphql/schema/print_schema.hpp"

#include <algorithm>
#include <vector>

#include "services/graphql/language/string_text.hpp"
#include "services/graphql/language/printer.hpp"
#include "services/graphql/schema/internal/built_in.hpp"
#include "services/graphql/schema/introspection.hpp"

namespace puff::graphql {

namespace {

using internal::hanging;

std::string joined(const std::vector<std::string>& items, std::string_view separator) {
  std::string out;
  for (const auto& item : items) {
    if (!out.empty()) out += separator;
    out += item;
  }
  return out;
}

enum class place : std::uint8_t { first, later };

std::string description(const std::optional<std::string>& text, std::string_view indent = "",
                        place where = place::first) {
  if (!text) return {};
  auto literal =
      internal::is_printable_as_block(*text) ? print_block_string(*text) : print_string(*text);
  std::string before(indent);
  if (!indent.empty() && where == place::later) before = "\n" + before;
  return before + hanging(literal, indent) + "\n";
}

place place_of(std::size_t i) { return i == 0 ? place::first : place::later; }

std::string deprecated(const std::optional<std::string>& reason) {
  if (!reason) return {};
  if (*reason == internal::default_deprecation_reason) return " @deprecated";
  return " @deprecated(reason: " + print_string(*reason) + ")";
}

std::string input(const input_value& v) {
  auto text = v.name + ": " + to_string(v.type);
  if (auto value = printed_default(v); !value.empty()) text += " = " + value;
  return text + deprecated(v.deprecation_reason);
}

std::string arguments(const std::vector<input_value>& values, const std::string& indent = "") {
  if (values.empty()) return {};
  std::vector<std::string> lines;
  if (std::ranges::none_of(values,
                           [](const auto& v) { return v.description.value_or("") != ""; })) {
    for (const auto& v : values) lines.push_back(input(v));
    return "(" + joined(lines, ", ") + ")";
  }
  for (std::size_t i = 0; i < values.size(); ++i)
    lines.push_back(description(values[i].description, "  " + indent, place_of(i)) + "  " + indent +
                    input(values[i]));
  return "(\n" + joined(lines, "\n") + "\n" + indent + ")";
}

template <class T, class Print>
std::string block(const std::vector<T>& items, Print print_one) {
  if (items.empty()) return {};
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < items.size(); ++i)
    lines.push_back(description(items[i].description, "  ", place_of(i)) + "  " +
                    print_one(items[i]));
  return " {\n" + joined(lines, "\n") + "\n}";
}

std::string names(const std::vector<const named_type*>& types, std::string_view before,
                  std::string_view separator) {
  std::vector<std::string> all;
  for (const auto* type : types) all.push_back(type->name);
  return all.empty() ? "" : std::string(before) + joined(all, separator);
}

std::string fields(const named_type& type) {
  return names(type.interfaces, " implements ", " & ") + block(type.fields, [](const field& f) {
           return f.name + arguments(f.arguments, "  ") + ": " + to_string(f.type) +
                  deprecated(f.deprecation_reason);
         });
}

std::string directive_text(const directive& d) {
  std::vector<std::string> places;
  for (auto p : d.locations) places.emplace_back(name_of(p));
  return description(d.description) + "directive @" + d.name + arguments(d.arguments) +
         (d.is_repeatable ? " repeatable" : "") + " on " + joined(places, " | ");
}

std::string schema_definition(const schema& s) {
  constexpr std::array<std::string_view, 3> usual{"Query", "Mutation", "Subscription"};
  auto is_usual = !s.description();
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < usual.size(); ++i) {
    auto operation = static_cast<operation_type>(i);
    const auto* root = s.root(operation);
    if (!root) continue;
    is_usual = is_usual && root->name == usual[i];
    lines.push_back("  " + std::string(name_of(operation)) + ": " + root->name);
  }
  if (is_usual) return {};
  return description(s.description()) + "schema {\n" + joined(lines, "\n") + "\n}";
}

}  // namespace

std::string print_type(const named_type& type) {
  auto head = description(type.description);
  switch (type.kind) {
    case type_kind::scalar:
      head += "scalar " + type.name;
      if (!type.specified_by_url) return head;
      return head + " @specifiedBy(url: " + print_string(*type.specified_by_url) + ")";
    case type_kind::object: return head + "type " + type.name + fields(type);
    case type_kind::interface: return head + "interface " + type.name + fields(type);
    case type_kind::union_: return head + "union " + type.name + names(type.members, " = ", " | ");
    case type_kind::enum_:
      return head + "enum " + type.name + block(type.values, [](const enum_value& v) {
               return v.name + deprecated(v.deprecation_reason);
             });
    case type_kind::input_object: break;
  }
  return head + "input " + type.name + (type.is_one_of ? " @oneOf" : "") +
         block(type.input_fields, input);
}

std::string print_schema(const schema& s) {
  std::vector<std::string> all;
  if (auto definition = schema_definition(s); !definition.empty()) all.push_back(definition);
  for (const auto& d : s.directives())
    if (!d.is_specified) all.push_back(directive_text(d));
  for (const auto* type : s.types())
    if (!type->is_introspection && type->builtin == builtin_scalar::other)
      all.push_back(print_type(*type));
  return joined(all, "\n\n");
}

}  // namespace puff::graphql
