#include "services/graphql/plan/planner.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "services/graphql/output/json_text.hpp"
#include "services/graphql/plan/collect_fields.hpp"
#include "services/graphql/schema/introspection.hpp"
#include "services/graphql/values/variables.hpp"

namespace puff::graphql {
namespace {

/// Thrown out of the depths of an operation; caught in `make_plan`.
struct plan_failed {
  graphql_errors errors;
};

constexpr auto type_name_resolver =
    static_cast<std::uint32_t>(introspection_resolver::meta_typename);

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

struct columns_read {
  const plan_field& field;
  std::vector<std::string>& names;

  void operator()(const from_column& c) const {
    add_once(names, c.name.empty() ? field.definition->name : c.name);
  }
  void operator()(const from_resolver& r) const {
    for (const auto& name : r.depends_on) add_once(names, name);
  }
  void operator()(const from_sql& s) const {
    for (const auto& name : s.statement->parent_keys) add_once(names, name);
    for (const auto& p : s.statement->parameters)
      if (p.what == sql_parameter::kind::parent_key) add_once(names, p.name);
  }
  void operator()(const from_constant&) const {}
  void operator()(const from_stream&) const {}
};

class planner {
 public:
  planner(operation_plan& plan, const value_object& variables, const plan_options& options,
          bool is_incremental)
      : plan_(plan),
        schema_(*plan.schema->types),
        variables_(variables),
        options_(options),
        usages_(is_incremental ? &plan.usages : nullptr) {}

  void run() {
    const auto* root = schema_.root(plan_.operation->operation);
    if (root == nullptr)
      throw plan_failed{
          {{.message = "Schema is not configured to execute " +
                       std::string{name_of(plan_.operation->operation)} + " operation.",
            .locations = {plan_.doc->place_of(*plan_.operation)}}}};
    plan_.root = layer(*root, {{plan_.operation->selection_set, nullptr}}, {});
    if (plan_.schema->parser == nullptr) return;
    for (const auto& made : plan_.layers)
      for (const auto& f : made.fields)
        if (is_parsed_outside(f)) plan_.parsed_outside.push_back(&f);
  }

 private:
  using sets = std::vector<selected_set>;
  using usage_list = std::vector<const defer_usage*>;

  /// The same selections of the same type are one layer, however they are reached. `within`: the
  /// deferred fragments that the layer itself is delivered with.
  const plan_layer* layer(const named_type& type, const sets& selections,
                          const usage_list& within) {
    const auto [known, is_new] = layers_.try_emplace({&type, selections, within}, nullptr);
    if (!is_new) return known->second;
    auto& made = plan_.layers.emplace_back();
    known->second = &made;
    made.type = &type;
    auto found = collect_fields(schema_, *plan_.doc, type, selections, variables_, usages_);
    if (!found) throw plan_failed{std::move(found).errors()};
    parts later;
    made.fields.reserve(found->groups.size());
    for (auto& group : found->groups) {
      auto usages = usages_ == nullptr ? usage_list{} : deferring_of(group);
      if (usages == within)
        add(made, std::move(group), within);
      else
        later[std::move(usages)].push_back(std::move(group));
    }
    set_deferral(made, std::move(found->usages), std::move(later));
    if (made.deferral == nullptr) made.constant = constant_of(made);
    return &made;
  }

  using parts = std::map<usage_list, std::vector<field_group>>;

  void set_deferral(plan_layer& to, usage_list begun, parts later) {
    if (begun.empty() && later.empty()) return;
    plan_.is_incremental = true;
    auto deferral = std::make_unique<layer_deferral>();
    deferral->usages = std::move(begun);
    for (auto& [usages, groups] : later) {
      auto& part = plan_.layers.emplace_back();
      part.type = to.type;
      part.fields.reserve(groups.size());
      for (auto& group : groups) add(part, std::move(group), usages);
      for (const auto& name : part.required_columns) add_once(to.required_columns, name);
      part.constant = constant_of(part);
      deferral->parts.push_back({usages, &part});
    }
    to.deferral = std::move(deferral);
  }

  /// The deferred fragments that a field waits for: none if it is also selected without; of
  /// fragments within one another the outer one.
  static usage_list deferring_of(const field_group& group) {
    usage_list out;
    for (const auto* usage : group.deferred) {
      if (usage == nullptr) return {};
      if (std::ranges::find(out, usage) == out.end()) out.push_back(usage);
    }
    std::erase_if(out, [all = out](const auto* usage) {
      for (const auto* p = usage->parent; p != nullptr; p = p->parent)
        if (std::ranges::find(all, p) != all.end()) return true;
      return false;
    });
    std::ranges::sort(out, {}, &defer_usage::number);
    return out;
  }

  void add(plan_layer& to, field_group group, const usage_list& within) {
    const auto* definition = schema_.find_field(*to.type, group.nodes.front()->name.value);
    if (definition == nullptr) return;  // as graphql-js does with what validation has not seen
    if (++fields_ > options_.max_fields)
      throw plan_failed{{{.message = "The operation selects too many fields."}}};
    plan_field f;
    f.response_key = group.response_key;
    f.key = quoted(group.response_key) + ":";
    f.definition = definition;
    f.parent = to.type;
    f.nodes = std::move(group.nodes);
    set_source(f);
    set_arguments(f);
    set_stream(f, group.stream);
    set_children(f, group.deferred, within);
    if (f.binding != nullptr) std::visit(columns_read{f, to.required_columns}, *f.binding);
    to.fields.push_back(std::move(f));
  }

  void set_stream(plan_field& f, const directive_node* directive) {
    if (directive == nullptr || !f.definition->type.nullable().is_list()) return;
    auto stream = std::make_unique<stream_usage>();
    const auto* label = find_argument(*directive, "label");
    if (label != nullptr && label->kind == node_kind::string_value) stream->label = label->text;
    stream->initial_count = find_argument(*directive, "initialCount");
    f.stream = std::move(stream);
    plan_.is_incremental = true;
  }

  void set_source(plan_field& f) const {
    if (f.definition->resolver == type_name_resolver)
      f.from = plan_field::source::type_name;
    else if (is_introspection(f.definition->resolver))
      f.from = plan_field::source::introspection;
    else
      f.binding = &plan_.schema->binding(*f.definition);
  }

  bool is_parsed_outside(const plan_field& f) const {
    return plan_.schema->parsed_outside.contains(f.definition);
  }

  void set_arguments(plan_field& f) const {
    const auto& node = *f.nodes.front();
    if (f.definition->arguments.empty())
      f.arguments = value_object{};
    else if (!uses_variables(node) && !is_parsed_outside(f))
      f.arguments = coerce_arguments(*plan_.doc, node, f.definition->arguments, {},
                                     {.scalars = plan_.schema->scalars});
  }

  void set_children(plan_field& f, const usage_list& deferred, const usage_list& within) {
    const auto& type = f.definition->type.named();
    if (!type.is_composite()) return;
    const bool anew = f.stream != nullptr || deferred.empty();
    sets selections;
    for (std::size_t i = 0; i < f.nodes.size(); ++i)
      if (const auto* set = f.nodes[i]->selection_set; set != nullptr)
        selections.push_back({set, anew ? nullptr : deferred[i]});
    for (const auto* object : schema_.possible_types(type))
      f.children.emplace_back(object, layer(*object, selections, anew ? usage_list{} : within));
  }

  static std::string constant_of(const plan_layer& l) {
    std::string out = "{";
    for (const auto& f : l.fields) {
      if (f.from != plan_field::source::type_name) return {};
      if (out.size() > 1) out += ',';
      out += f.key + quoted(l.type->name);
    }
    return out + "}";
  }

  operation_plan& plan_;
  const schema& schema_;
  const value_object& variables_;
  const plan_options& options_;
  std::deque<defer_usage>* const usages_;  ///< null: nothing is delivered later
  std::map<std::tuple<const named_type*, sets, usage_list>, const plan_layer*> layers_;
  std::size_t fields_ = 0;
};

}  // namespace

result<plan_ptr> make_plan(const bound_schema_ptr& schema, const document_ptr& doc,
                           const operation_node& operation, const value_object& variables,
                           const plan_options& options, incremental_format deliver) {
  auto plan = std::make_shared<operation_plan>();
  plan->schema = schema;
  plan->doc = doc;
  plan->operation = &operation;
  try {
    const bool is_incremental =
        deliver != incremental_format::none && operation.operation != operation_type::subscription;
    planner{*plan, variables, options, is_incremental}.run();
  } catch (plan_failed& failed) {
    return std::move(failed.errors);
  }
  return plan_ptr{std::move(plan)};
}

}  // namespace puff::graphql
