#include "services/graphql/validation/validate_sdl.hpp"

#include <array>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "services/graphql/schema/schema_builder.hpp"
#include "services/graphql/validation/internal/type_system_walk.hpp"

namespace puff::graphql {

namespace {

using internal::context;
using names_seen = std::unordered_map<std::string, const name_node*>;

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

node_kind extension_kind(type_kind kind) {
  return static_cast<node_kind>(static_cast<int>(node_kind::scalar_extension) +
                                static_cast<int>(kind));
}

node_kind extension_kind(node_kind definition) {
  return extension_kind(static_cast<type_kind>(static_cast<int>(definition) -
                                               static_cast<int>(node_kind::scalar_definition)));
}

std::string_view word_of(node_kind extension) {
  switch (extension) {
    case node_kind::scalar_extension: return "scalar";
    case node_kind::object_extension: return "object";
    case node_kind::interface_extension: return "interface";
    case node_kind::union_extension: return "union";
    case node_kind::enum_extension: return "enum";
    default: return "input object";
  }
}

// LoneSchemaDefinition, UniqueOperationTypes, UniqueTypeNames, UniqueEnumValueNames,
// UniqueFieldDefinitionNames, UniqueArgumentDefinitionNames, UniqueDirectiveNames,
// PossibleTypeExtensions.
class uniqueness final : public internal::definition_rules {
 public:
  uniqueness(context& c, const schema* base) : context_(c), base_(base) {
    for (const auto* d : c.text().definitions())
      if (d->is_type() && !d->is_extension()) defined_[std::string(d->name.value)] = d;
  }

  void before(const definition_node& d) override {
    if (d.kind == node_kind::schema_definition) check_lone(d);
    if (d.kind == node_kind::schema_definition || d.kind == node_kind::schema_extension)
      check_roots(d.as_schema());
    if (d.is_type()) check_type(d.as_type());
    if (d.kind == node_kind::directive_definition) check_directive(d.as_directive());
  }

  void after(const definition_node& d) override {
    if (d.is_type() && d.is_extension()) check_extension(d);
  }

 private:
  void check_lone(const definition_node& d) {
    if (base_ &&
        (base_->syntax() || base_->root(operation_type::query) ||
         base_->root(operation_type::mutation) || base_->root(operation_type::subscription)))
      context_.report("Cannot define a new schema within a schema extension.", d);
    else if (schemas_++ > 0)
      context_.report("Must provide only one schema definition.", d);
  }

  void check_roots(const schema_definition_node& d) {
    for (const auto& root : d.operation_types) {
      auto word = std::string(name_of(root.operation));
      auto*& seen = roots_[static_cast<std::size_t>(root.operation)];
      if (base_ && base_->root(root.operation))
        context_.report(
            "Type for " + word + " already defined in the schema. It cannot be redefined.", root);
      else if (seen)
        context_.report("There can be only one " + word + " type in schema.", {seen, &root});
      else
        seen = &root;
    }
  }

  void check_type(const type_definition_node& d) {
    if (!d.is_extension()) check_type_name(d);
    const auto* existing = base_ ? base_->type(d.name.value) : nullptr;
    auto& seen = members_[std::string(d.name.value)];
    for (const auto& v : d.values)
      check_member(d, v.name, seen.values, "Enum value ",
                   existing && existing->find_value(v.name.value));
    auto check_field = [&](const name_node& name) {
      auto is_old =
          existing && (existing->has_fields() ? existing->find_field(name.value) != nullptr
                                              : existing->find_input(name.value) != nullptr);
      check_member(d, name, seen.fields, "Field ", is_old);
    };
    for (const auto& f : d.input_fields) check_field(f.name);
    for (const auto& f : d.fields) check_field(f.name);
    for (const auto& f : d.fields)
      check_arguments(std::string(d.name.value) + "." + std::string(f.name.value), f.arguments);
  }

  void check_type_name(const type_definition_node& d) {
    auto name = std::string(d.name.value);
    if (base_ && base_->type(name)) {
      context_.report("Type " + quoted(name) +
                          " already exists in the schema. It cannot also be defined in this type "
                          "definition.",
                      d.name);
      return;
    }
    auto [first, is_new] = types_.emplace(name, &d.name);
    if (!is_new)
      context_.report("There can be only one type named " + quoted(name) + ".",
                      {first->second, &d.name});
  }

  void check_member(const type_definition_node& d, const name_node& name, names_seen& seen,
                    const std::string& what, bool is_old) {
    auto who = what + quoted(std::string(d.name.value) + "." + std::string(name.value));
    if (is_old) {
      context_.report(
          who + " already exists in the schema. It cannot also be defined in this type extension.",
          name);
      return;
    }
    auto [first, is_new] = seen.emplace(std::string(name.value), &name);
    if (!is_new) context_.report(who + " can only be defined once.", {first->second, &name});
  }

  void check_arguments(const std::string& owner,
                       std::span<const input_value_definition_node> arguments) {
    std::vector<std::pair<std::string_view, std::vector<const node*>>> groups;
    name_index index;
    for (const auto& a : arguments) {
      auto at = index.add(a.name.value, static_cast<std::uint32_t>(groups.size()));
      if (at == groups.size()) groups.push_back({a.name.value, {}});
      groups[at].second.push_back(&a.name);
    }
    for (const auto& [name, nodes] : groups)
      if (nodes.size() > 1)
        context_.report("Argument " + quoted(owner + "(" + std::string(name) + ":)") +
                            " can only be defined once.",
                        nodes);
  }

  void check_directive(const directive_definition_node& d) {
    auto name = "@" + std::string(d.name.value);
    check_arguments(name, d.arguments);
    if (base_ && base_->find_directive(d.name.value)) {
      context_.report(
          "Directive " + quoted(name) + " already exists in the schema. It cannot be redefined.",
          d.name);
      return;
    }
    auto [first, is_new] = directives_.emplace(name, &d.name);
    if (!is_new)
      context_.report("There can be only one directive named " + quoted(name) + ".",
                      {first->second, &d.name});
  }

  void check_extension(const definition_node& d) {
    auto name = std::string(d.name.value);
    auto definition = defined_.find(name);
    const auto* existing = base_ ? base_->type(name) : nullptr;
    if (definition == defined_.end() && !existing) return complain_undefined(d);
    auto wanted = definition != defined_.end() ? extension_kind(definition->second->kind)
                                               : extension_kind(existing->kind);
    if (wanted == d.kind) return;
    auto message =
        "Cannot extend non-" + std::string(word_of(d.kind)) + " type " + quoted(name) + ".";
    if (definition != defined_.end())
      context_.report(message, {definition->second, &d});
    else
      context_.report(message, d);
  }

  void complain_undefined(const definition_node& d) {
    std::vector<std::string_view> names;
    for (const auto& [name, node] : defined_) names.push_back(name);
    if (base_)
      for (const auto* type : base_->types()) names.push_back(type->name);
    context_.report("Cannot extend type " + quoted(d.name.value) + " because it is not defined." +
                        context_.hint(d.name.value, names),
                    d.name);
  }

  struct members {
    names_seen values, fields;
  };

  context& context_;
  const schema* base_;
  std::map<std::string, const definition_node*> defined_;
  std::array<const operation_type_node*, 3> roots_{};
  std::size_t schemas_ = 0;
  names_seen types_, directives_;
  std::unordered_map<std::string, members> members_;
};

// What there is before any text: the specified directives.
const schema& bare_schema() {
  static const auto made = schema_builder().build(schema_check::none);
  return **made;
}

}  // namespace

graphql_errors validate_sdl(const document& sdl, const schema* base) {
  validation_options options;
  options.max_errors = 0;
  context c(base ? *base : bare_schema(), sdl, options);
  internal::common_rules common(c, internal::text_kind::type_system, base);
  uniqueness rules(c, base);
  internal::type_system_walk walk(common, &rules);
  for (const auto* d : sdl.definitions())
    if (d->is_executable())
      walk.walk_executable(*d);
    else
      walk.walk(*d);
  return c.take();
}

}  // namespace puff::graphql
