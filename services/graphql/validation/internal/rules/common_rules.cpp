#include "services/graphql/validation/internal/rules/common_rules.hpp"

#include <algorithm>
#include <array>

#include "services/graphql/language/printer.hpp"

namespace puff::graphql::internal {

common_rules::common_rules(context& c, text_kind kind, const schema* base)
    : context_(c),
      base_(base),
      values_(c, kind == text_kind::executable ? value_rules::types::checked
                                               : value_rules::types::unknown),
      incremental_(c) {
  if (!c.has_type_system()) return;
  auto definitions = c.text().definitions();
  for (std::uint32_t i = 0; i < definitions.size(); ++i)
    if (definitions[i]->is_type() && !definitions[i]->is_extension())
      defined_.add(definitions[i]->name.value, i);
}

void common_rules::check_once(const directive_node& d,
                              std::unordered_map<std::string_view, const directive_node*>& seen) {
  auto known = context_.find_directive(d.name.value);
  if (!known || known.is_repeatable()) return;
  auto [at, is_new] = seen.emplace(d.name.value, &d);
  if (!is_new)
    context_.report("The directive \"@" + std::string(d.name.value) +
                        "\" can only be used once at this location.",
                    {at->second, &d});
}

void common_rules::check_unique(std::span<const directive_node> directives) {
  if (directives.size() < 2) return;
  std::unordered_map<std::string_view, const directive_node*> seen;
  for (const auto& d : directives) check_once(d, seen);
}

void common_rules::check_unique(std::span<const directive_node> directives,
                                std::string_view owner) {
  auto& seen = owners_[owner];
  for (const auto& d : directives) check_once(d, seen);
}

void common_rules::check(std::span<const directive_node> directives, directive_location place,
                         const named_type* parent, const field* on) {
  for (const auto& d : directives) check_directive(d, place, parent, on);
}

void common_rules::check_directive(const directive_node& d, directive_location place,
                                   const named_type* parent, const field* on) {
  auto known = context_.find_directive(d.name.value);
  auto name = "\"@" + std::string(d.name.value) + "\"";
  if (!known)
    context_.report("Unknown directive " + name + ".", d);
  else if (!known.may_stand_at(place))
    context_.report(
        "Directive " + name + " may not be used on " + std::string(name_of(place)) + ".", d);
  incremental_.check_label(d);
  if (parent != nullptr && on != nullptr) incremental_.check_list(d, *parent, *on);
  if (known) check_arguments(d, known);
  check_unique(d.arguments);
  for (const auto& argument : d.arguments) {
    const auto* definition = known.model ? known.model->argument(argument.name.value) : nullptr;
    if (definition)
      values_.check(argument.value, {definition->type, {}, definition->default_value != nullptr});
    else
      values_.check(argument.value, {});
  }
  if (known) check_required(d, known);
}

void common_rules::check_arguments(const directive_node& d, const known_directive& known) {
  for (const auto& argument : d.arguments)
    if (!known.has_argument(argument.name.value))
      context_.report("Unknown argument \"" + std::string(argument.name.value) +
                          "\" on directive \"@" + std::string(d.name.value) + "\"." +
                          context_.hint(argument.name.value, known.argument_names()),
                      argument);
}

void common_rules::complain_missing(const directive_node& d, std::string_view argument,
                                    std::string type) {
  if (std::ranges::any_of(d.arguments, [&](const auto& a) { return a.name.value == argument; }))
    return;
  context_.report("Directive \"@" + std::string(d.name.value) + "\" argument \"" +
                      std::string(argument) + "\" of type \"" + type +
                      "\" is required, but it was not provided.",
                  d);
}

void common_rules::check_required(const directive_node& d, const known_directive& known) {
  if (known.node) {
    for (const auto& a : known.node->arguments)
      if (a.type->kind == node_kind::non_null_type && !a.default_value)
        complain_missing(d, a.name.value, print(*a.type));
    return;
  }
  for (const auto& a : known.model->arguments)
    if (a.is_required()) complain_missing(d, a.name, to_string(a.type));
}

void common_rules::check_unique(std::span<const argument_node> arguments) {
  if (arguments.size() < 2) return;
  name_index first;
  std::vector<std::vector<const node*>> groups;
  for (const auto& a : arguments) {
    auto at = first.add(a.name.value, static_cast<std::uint32_t>(groups.size()));
    if (at == groups.size()) groups.emplace_back();
    groups[at].push_back(&a.name);
  }
  for (const auto& same : groups)
    if (same.size() > 1)
      context_.report("There can be only one argument named \"" +
                          std::string(static_cast<const name_node*>(same.front())->value) + "\".",
                      same);
}

namespace {

constexpr std::array<std::string_view, 13> standard_names{
    "String",    "Int",      "Float",        "Boolean",
    "ID",        "__Schema", "__Directive",  "__DirectiveLocation",
    "__Type",    "__Field",  "__InputValue", "__EnumValue",
    "__TypeKind"};

}  // namespace

bool common_rules::is_type_known(std::string_view name, text_kind around) const {
  if (base_ && base_->type(name)) return true;
  if (defined_.find(name) != name_index::none) return true;
  return around == text_kind::type_system &&
         std::ranges::find(standard_names, name) != standard_names.end();
}

void common_rules::check_type(const type_node& type, text_kind around) {
  const auto* named = &type;
  while (named->of) named = named->of;
  if (!is_type_known(named->name.value, around)) complain_type(*named, around);
}

void common_rules::complain_type(const type_node& type, text_kind around) {
  std::vector<std::string_view> names;
  if (around == text_kind::type_system) names.assign(standard_names.begin(), standard_names.end());
  if (base_)
    for (const auto* t : base_->types()) names.push_back(t->name);
  for (const auto* d : context_.text().definitions())
    if (d->is_type() && !d->is_extension()) names.push_back(d->name.value);
  context_.report("Unknown type \"" + std::string(type.name.value) + "\"." +
                      context_.hint(type.name.value, names),
                  type);
}

}  // namespace puff::graphql::internal
