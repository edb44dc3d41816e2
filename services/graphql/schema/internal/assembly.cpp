#include "services/graphql/schema/internal/assembly.hpp"

#include <algorithm>
#include <utility>

#include "services/graphql/language/parser.hpp"
#include "services/graphql/schema/internal/built_in.hpp"
#include "services/graphql/schema/internal/specs.hpp"
#include "services/graphql/schema/introspection.hpp"

namespace puff::graphql::internal {

namespace {

// "[User!]!" -> "User"
std::string_view named_part(std::string_view text) {
  while (!text.empty() && (text.front() == '[' || text.front() == ' ')) text.remove_prefix(1);
  return text.substr(0, text.find_first_of("]! "));
}

}  // namespace

graphql_errors assembly::run(const std::array<std::optional<std::string>, 3>& roots) {
  given_ = specs_.size();
  add_built_in();
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    auto [at, is_new] = by_name_.emplace(specs_[i].name, i);
    if (is_new) continue;
    if (builtin_scalar_of(specs_[i].name) != builtin_scalar::other || i >= given_)
      at->second = i;  // what every schema has cannot be redefined
    else
      complain("Schema must contain uniquely named types but contains multiple types named \"" +
               specs_[i].name + "\".");
  }
  if (!errors_.empty()) return std::move(errors_);
  place_types(roots);
  for (auto spec : order_) {
    auto& type = out_.storage.emplace_back();
    type.name = specs_[spec].name;
    type.kind = specs_[spec].kind;
    type.position = static_cast<std::uint32_t>(out_.types.size());
    out_.types.push_back(&type);
    out_.by_name.add(type.name, type.position);
  }
  for (std::size_t i = 0; i < order_.size(); ++i) fill(out_.storage[i], specs_[order_[i]]);
  make_directives();
  for (std::size_t i = 0; i < roots.size(); ++i)
    if (roots[i]) out_.roots[i] = find(*roots[i]);
  if (errors_.empty()) number_introspection();
  if (errors_.empty()) relate();
  return std::move(errors_);
}

void assembly::add_built_in() {
  const auto& doc = built_in_document();
  auto forget = [](auto& spec) { spec.syntax = {}; };
  for (const auto* definition : doc.definitions()) {
    if (definition->is_type()) {
      auto& spec = specs_.emplace_back(spec_of(doc, definition->as_type()));
      forget(spec);
      for (auto& value : spec.values) forget(value);
      for (auto& f : spec.fields) {
        forget(f);
        for (auto& argument : f.arguments) forget(argument);
      }
    } else if (std::ranges::none_of(directive_specs_, [&](const auto& d) {
                 return d.name == definition->name.value;
               })) {
      auto& spec = directive_specs_.emplace_back(spec_of(doc, definition->as_directive()));
      forget(spec);
      for (auto& argument : spec.arguments) forget(argument);
    }
  }
}

// The order of graphql-js: types as given, each followed by what only it mentions, then what the
// roots, the directives and the introspection mention.
void assembly::place_types(const std::array<std::optional<std::string>, 3>& roots) {
  std::vector<std::size_t> given;
  for (std::size_t i = 0; i < given_; ++i) {
    auto at = by_name_.at(specs_[i].name);
    if (waiting_.insert(specs_[at].name).second) given.push_back(at);
  }
  for (auto spec : given) {
    waiting_.erase(specs_[spec].name);
    place(spec);
  }
  for (const auto& root : roots)
    if (root) visit(*root);
  for (const auto& d : directive_specs_) visit(d.arguments);
  visit("__Schema");
}

void assembly::visit(std::string_view type_text) {
  auto found = by_name_.find(named_part(type_text));
  if (found == by_name_.end()) return;
  if (!waiting_.contains(found->first)) place(found->second);
}

void assembly::visit(const std::vector<input_value_spec>& values) {
  for (const auto& value : values) visit(value.type);
}

void assembly::place(std::size_t spec) {
  if (!placed_.insert(specs_[spec].name).second) return;
  order_.push_back(spec);
  visit_parts(specs_[spec]);
}

void assembly::visit_parts(const type_spec& spec) {
  for (const auto& name : spec.members) visit(name);
  for (const auto& name : spec.interfaces) visit(name);
  for (const auto& f : spec.fields) {
    visit(f.type);
    visit(f.arguments);
  }
  visit(spec.input_fields);
}

const named_type* assembly::find(std::string_view name) {
  auto at = out_.by_name.find(name);
  if (at != name_index::none) return out_.types[at];
  complain("Unknown type: \"" + std::string(name) + "\".");
  return nullptr;
}

std::vector<const named_type*> assembly::find_all(const std::vector<std::string>& names) {
  std::vector<const named_type*> types;
  for (const auto& name : names)
    if (const auto* type = find(name)) types.push_back(type);
  return types;
}

type_ref assembly::resolve(const std::string& text) {
  auto parsed = parse_type(text);
  if (!parsed) {
    errors_.push_back(parsed.errors().front());
    return {};
  }
  type_ref type;
  std::vector<bool> wrappers;
  const auto* node = parsed->type;
  for (; node->of; node = node->of) wrappers.push_back(node->kind == node_kind::non_null_type);
  if (const auto* named = find(node->name.value)) type = type_ref(named);
  for (auto at = wrappers.rbegin(); at != wrappers.rend(); ++at)
    type = *at ? type.non_null() : type.list_of();
  return type;
}

input_value assembly::make_input(input_value_spec& spec) {
  input_value made;
  made.type = resolve(spec.type);
  if (spec.default_value) {
    auto literal = parse_value(*spec.default_value, variables::refused);
    if (!literal) {
      errors_.push_back(literal.errors().front());
    } else {
      made.default_value = literal->value;
      out_.literals.push_back(literal->owner);
    }
  }
  made.name = std::move(spec.name);
  made.description = std::move(spec.description);
  made.deprecation_reason = std::move(spec.deprecation_reason);
  made.syntax = spec.syntax;
  return made;
}

std::vector<input_value> assembly::make_inputs(std::vector<input_value_spec>& specs) {
  std::vector<input_value> made;
  made.reserve(specs.size());
  for (auto& spec : specs) made.push_back(make_input(spec));
  return made;
}

field assembly::make_field(field_spec& spec) {
  field made;
  made.type = resolve(spec.type);
  made.arguments = make_inputs(spec.arguments);
  made.name = std::move(spec.name);
  made.description = std::move(spec.description);
  made.deprecation_reason = std::move(spec.deprecation_reason);
  made.resolver = spec.resolver;
  made.syntax = spec.syntax;
  return made;
}

void assembly::fill_fields(named_type& type, std::vector<field_spec>& specs) {
  type.fields.reserve(specs.size());
  for (auto& spec : specs) {
    type.fields.push_back(make_field(spec));
    type.fields.back().position = static_cast<std::uint32_t>(type.fields.size() - 1);
  }
}

void assembly::fill(named_type& type, type_spec& spec) {
  if (type.kind == type_kind::scalar) type.builtin = builtin_scalar_of(type.name);
  type.is_one_of = spec.is_one_of;
  type.is_introspection = is_introspection_type(type.name);
  type.description = std::move(spec.description);
  type.specified_by_url = std::move(spec.specified_by_url);
  type.interfaces = find_all(spec.interfaces);
  fill_fields(type, spec.fields);
  type.members = find_all(spec.members);
  type.values = std::move(spec.values);
  type.input_fields = make_inputs(spec.input_fields);
  type.handle = spec.handle;
  type.syntax = spec.syntax;
  type.extensions = std::move(spec.extensions);
  std::uint32_t position = 0;
  for (const auto& f : type.fields) type.by_name.add(f.name, position++);
  for (const auto& v : type.values) type.by_name.add(v.name, position++);
  for (const auto& i : type.input_fields) type.by_name.add(i.name, position++);
}

void assembly::make_directives() {
  for (auto& spec : directive_specs_) {
    auto& made = out_.directives.emplace_back();
    made.arguments = make_inputs(spec.arguments);
    made.is_specified = is_specified_directive(spec.name);
    made.name = std::move(spec.name);
    made.description = std::move(spec.description);
    made.is_repeatable = spec.is_repeatable;
    made.locations = std::move(spec.locations);
    made.syntax = spec.syntax;
  }
}

void assembly::number_introspection() {
  auto& meta = specs_[by_name_.at("__Meta")].fields;
  out_.meta_schema = make_field(meta[0]);
  out_.meta_type = make_field(meta[1]);
  out_.meta_typename = make_field(meta[2]);
  auto next = static_cast<std::uint32_t>(introspection_resolver::first);
  for (auto* f : {&out_.meta_schema, &out_.meta_type, &out_.meta_typename}) f->resolver = next++;
  for (const auto* name :
       {"__Schema", "__Type", "__Field", "__InputValue", "__EnumValue", "__Directive"}) {
    auto& type = out_.storage[out_.by_name.find(name)];
    for (auto& f : type.fields) f.resolver = next++;
  }
}

void assembly::relate_interfaces(const named_type& type) {
  for (const auto* interface : type.interfaces) {
    if (interface->kind != type_kind::interface) continue;
    auto& group = type.kind == type_kind::object ? out_.possible : out_.implementing;
    group[interface->position].push_back(&type);
    out_.sub_types[interface->position][type.position] = true;
  }
}

void assembly::relate() {
  auto count = out_.types.size();
  out_.possible.resize(count);
  out_.implementing.resize(count);
  out_.sub_types.resize(count);
  for (const auto* type : out_.types)
    if (type->is_abstract()) out_.sub_types[type->position].resize(count);
  for (const auto* type : out_.types) {
    if (type->kind == type_kind::object) out_.possible[type->position].push_back(type);
    if (type->kind == type_kind::union_) out_.possible[type->position] = type->members;
    for (const auto* member : type->members)
      out_.sub_types[type->position][member->position] = true;
    if (type->has_fields()) relate_interfaces(*type);
  }
}

}  // namespace puff::graphql::internal
