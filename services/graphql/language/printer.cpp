#include "services/graphql/language/printer.hpp"

#include <algorithm>
#include <initializer_list>
#include <vector>

#include "services/graphql/language/string_text.hpp"

namespace puff::graphql {

using internal::indented;
using internal::utf16_length;

namespace {

constexpr std::size_t longest_line = 80;

using texts = std::vector<std::string>;

std::string joined(const texts& items, std::string_view separator) {
  std::string out;
  for (const auto& item : items) {
    if (item.empty()) continue;
    if (!out.empty()) out += separator;
    out += item;
  }
  return out;
}

std::string words(std::initializer_list<std::string> items) { return joined(items, " "); }

std::string wrapped(std::string_view before, std::string_view text, std::string_view after = "") {
  if (text.empty()) return {};
  return std::string(before).append(text).append(after);
}

std::string block(const texts& items) {
  auto body = joined(items, "\n");
  return body.empty() ? body : "{\n" + indented(body) + "\n}";
}

template <class T, class Print>
texts each(std::span<const T> nodes, Print print_one) {
  texts out;
  out.reserve(nodes.size());
  for (const auto& n : nodes) out.push_back(print_one(n));
  return out;
}

bool any_of_several_lines(const texts& items) {
  return std::ranges::any_of(items, [](const auto& text) { return text.find('\n') != text.npos; });
}

std::string named(const name_node& name) { return std::string(name.value); }

std::string argument(const argument_node& a) { return named(a.name) + ": " + print(a.value); }

std::string one_directive(const directive_node& d) {
  return "@" + named(d.name) + wrapped("(", joined(each(d.arguments, argument), ", "), ")");
}

std::string directives(std::span<const directive_node> nodes) {
  return joined(each(nodes, one_directive), " ");
}

std::string description(const value_node* text) { return text ? print(*text) + "\n" : ""; }

std::string field_text(const field_node& f) {
  auto text = wrapped("", f.alias.value, ": ") + named(f.name);
  auto arguments = each(f.arguments, argument);
  auto line = joined(arguments, ", ");
  if (utf16_length(text) + utf16_length(line) + 2 > longest_line)
    text += wrapped("(\n", arguments.empty() ? "" : indented(joined(arguments, "\n")), "\n)");
  else
    text += wrapped("(", line, ")");
  text += wrapped(" ", directives(f.directives));
  return f.selection_set ? text + " " + print(*f.selection_set) : text;
}

std::string selection_text(const selection_node* s) {
  if (s->kind == node_kind::field) return field_text(s->as_field());
  if (s->kind == node_kind::fragment_spread)
    return "..." + named(s->as_spread().name) + wrapped(" ", directives(s->directives));
  const auto& inline_fragment = s->as_inline();
  const auto* condition = inline_fragment.type_condition;
  return words({"...", condition ? "on " + print(*condition) : "", directives(s->directives),
                print(*inline_fragment.selection_set)});
}

std::string variable_definition(const variable_definition_node& v) {
  auto text = description(v.description) + "$" + named(v.variable) + ": " + print(*v.type);
  if (v.default_value) text += " = " + print(*v.default_value);
  return text + wrapped(" ", directives(v.directives));
}

std::string operation_text(const operation_node& o) {
  auto variables = each(o.variables, variable_definition);
  auto list = any_of_several_lines(variables) ? wrapped("(\n", joined(variables, "\n"), "\n)")
                                              : wrapped("(", joined(variables, ", "), ")");
  auto kind = std::string(name_of(o.operation));
  auto head =
      description(o.description) + words({kind, named(o.name) + list, directives(o.directives)});
  return (head == "query" ? "" : head + " ") + print(*o.selection_set);
}

std::string fragment_text(const fragment_node& f) {
  return description(f.description) + "fragment " + named(f.name) + " on " +
         print(*f.type_condition) + " " + wrapped("", directives(f.directives), " ") +
         print(*f.selection_set);
}

std::string input_value_text(const input_value_definition_node& v) {
  auto text = description(v.description) + named(v.name) + ": " + print(*v.type);
  if (v.default_value) text += " = " + print(*v.default_value);
  return text + wrapped(" ", directives(v.directives));
}

std::string argument_definitions(std::span<const input_value_definition_node> nodes) {
  auto arguments = each(nodes, input_value_text);
  if (any_of_several_lines(arguments))
    return wrapped("(\n", indented(joined(arguments, "\n")), "\n)");
  return wrapped("(", joined(arguments, ", "), ")");
}

std::string field_definition(const field_definition_node& f) {
  return description(f.description) + named(f.name) + argument_definitions(f.arguments) + ": " +
         print(*f.type) + wrapped(" ", directives(f.directives));
}

std::string enum_value_text(const enum_value_definition_node& v) {
  return description(v.description) + words({named(v.name), directives(v.directives)});
}

std::string root_type(const operation_type_node& r) {
  return std::string(name_of(r.operation)) + ": " + print(*r.type);
}

std::string schema_text(const schema_definition_node& s) {
  return description(s.description) +
         words({s.is_extension() ? "extend schema" : "schema", directives(s.directives),
                block(each(s.operation_types, root_type))});
}

std::string keyword_of(node_kind kind) {
  switch (kind) {
    case node_kind::scalar_definition: return "scalar";
    case node_kind::object_definition: return "type";
    case node_kind::interface_definition: return "interface";
    case node_kind::union_definition: return "union";
    case node_kind::enum_definition: return "enum";
    case node_kind::input_object_definition: return "input";
    case node_kind::scalar_extension: return "extend scalar";
    case node_kind::object_extension: return "extend type";
    case node_kind::interface_extension: return "extend interface";
    case node_kind::union_extension: return "extend union";
    case node_kind::enum_extension: return "extend enum";
    default: return "extend input";
  }
}

std::string type_text(const type_node& t) { return print(t); }

std::string type_definition(const type_definition_node& t) {
  return description(t.description) +
         words({keyword_of(t.kind), named(t.name),
                wrapped("implements ", joined(each(t.interfaces, type_text), " & ")),
                directives(t.directives), wrapped("= ", joined(each(t.members, type_text), " | ")),
                block(each(t.fields, field_definition)), block(each(t.values, enum_value_text)),
                block(each(t.input_fields, input_value_text))});
}

std::string directive_definition(const directive_definition_node& d) {
  return description(d.description) + "directive @" + named(d.name) +
         argument_definitions(d.arguments) + (d.repeatable ? " repeatable" : "") + " on " +
         joined(each(d.locations, named), " | ");
}

std::string object_field(const object_field_node& f) {
  return named(f.name) + ": " + print(f.value);
}

}  // namespace

std::string print(const value_node& value) {
  switch (value.kind) {
    case node_kind::variable: return "$" + std::string(value.text);
    case node_kind::string_value:
      return value.block ? print_block_string(value.text) : print_string(value.text);
    case node_kind::list_value:
      return "[" + joined(each(value.items, [](const auto& v) { return print(v); }), ", ") + "]";
    case node_kind::object_value: return "{" + joined(each(value.fields, object_field), ", ") + "}";
    default: return std::string(value.text);
  }
}

std::string print(const type_node& type) {
  if (type.kind == node_kind::list_type) return "[" + print(*type.of) + "]";
  if (type.kind == node_kind::non_null_type) return print(*type.of) + "!";
  return named(type.name);
}

std::string print(const selection_set_node& set) {
  return block(each(set.selections, selection_text));
}

std::string print(const definition_node& d) {
  if (d.kind == node_kind::operation) return operation_text(d.as_operation());
  if (d.kind == node_kind::fragment) return fragment_text(d.as_fragment());
  if (d.is_type()) return type_definition(d.as_type());
  if (d.kind == node_kind::directive_definition) return directive_definition(d.as_directive());
  return schema_text(d.as_schema());
}

namespace {

/// What stands after such a text in braces would be taken for its body.
bool lacks_body(const definition_node& d, const std::string& printed) {
  switch (d.kind) {
    case node_kind::object_definition:
    case node_kind::interface_definition:
    case node_kind::enum_definition:
    case node_kind::input_object_definition:
    case node_kind::object_extension:
    case node_kind::interface_extension:
    case node_kind::enum_extension:
    case node_kind::input_object_extension:
    case node_kind::schema_extension: return !printed.ends_with('}');
    default: return false;
  }
}

}  // namespace

std::string print(const document& doc) {
  texts all;
  bool exposed = false;
  for (const auto* d : doc.definitions()) {
    auto text = print(*d);
    if (exposed && text.starts_with('{')) text.insert(0, "query ");
    exposed = lacks_body(*d, text);
    all.push_back(std::move(text));
  }
  return joined(all, "\n\n");
}

}  // namespace puff::graphql
