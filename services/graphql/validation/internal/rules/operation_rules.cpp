#include "services/graphql/validation/internal/rules/operation_rules.hpp"

#include <algorithm>
#include <unordered_set>

namespace puff::graphql::internal {

namespace {

// The fields of a subscription's root, by response key.
class root_fields {
 public:
  root_fields(context& c, const named_type& root) : context_(c), root_(root) {}

  void collect(const selection_set_node& set) {
    for (const auto* s : set.selections) {
      for (const auto& d : s->directives)
        if (d.name.value == "skip" || d.name.value == "include") forbidden.push_back(&d);
      switch (s->kind) {
        case node_kind::field: add(s->as_field()); break;
        case node_kind::inline_fragment: enter(s->as_inline()); break;
        default: enter(s->as_spread());
      }
    }
  }

  std::vector<std::vector<const node*>> groups;
  std::vector<const node*> forbidden;

 private:
  void add(const field_node& f) {
    auto at = index_.add(f.response_key(), static_cast<std::uint32_t>(groups.size()));
    if (at == groups.size()) groups.emplace_back();
    groups[at].push_back(&f);
  }
  bool applies(const type_node* condition) const {
    if (!condition) return true;
    const auto* type = context_.types().type(condition->name.value);
    return type &&
           (type == &root_ || (type->is_abstract() && context_.types().is_sub_type(*type, root_)));
  }
  void enter(const inline_fragment_node& f) {
    if (applies(f.type_condition)) collect(*f.selection_set);
  }
  void enter(const fragment_spread_node& spread) {
    if (!seen_.insert(spread.name.value).second) return;
    const auto* fragment = context_.fragment(spread.name.value);
    if (fragment && applies(fragment->type_condition)) collect(*fragment->selection_set);
  }

  context& context_;
  const named_type& root_;
  name_index index_;
  std::unordered_set<std::string_view> seen_;
};

}  // namespace

void check_single_field(context& c, const operation_node& operation) {
  const auto* root = c.types().root(operation_type::subscription);
  if (operation.operation != operation_type::subscription || !root) return;
  root_fields fields(c, *root);
  fields.collect(*operation.selection_set);
  auto who = operation.name ? "Subscription \"" + std::string(operation.name.value) + "\""
                            : std::string("Anonymous Subscription");
  if (!fields.forbidden.empty()) {
    c.report(who + " must not use `@skip` or `@include` directives in the top level selection.",
             fields.forbidden);
    return;
  }
  if (fields.groups.empty())
    c.report(who + " must select one top level field.", *operation.selection_set);
  std::vector<const node*> extra;
  for (std::size_t i = 1; i < fields.groups.size(); ++i)
    extra.insert(extra.end(), fields.groups[i].begin(), fields.groups[i].end());
  if (!extra.empty()) c.report(who + " must select only one top level field.", extra);
  for (const auto& group : fields.groups)
    if (static_cast<const field_node*>(group.front())->name.value.starts_with("__"))
      c.report(who + " must not select an introspection top level field.", group);
}

void introspection_depth::check(const field_node& root) {
  if (context_.options().max_introspection_depth == 0 || !root.selection_set) return;
  if (root.name.value != "__schema" && root.name.value != "__type") return;
  passed_.resize(context_.text().definitions().size());
  exceeded_.resize(passed_.size(), name_index::none);
  if (is_too_deep(*root.selection_set, 0))
    context_.report("Maximum introspection depth exceeded", root);
}

bool introspection_depth::is_too_deep(const selection_set_node& set, std::uint32_t depth) {
  return std::ranges::any_of(set.selections, [&](const auto* s) {
    if (s->kind == node_kind::fragment_spread) return is_fragment_too_deep(s->as_spread(), depth);
    if (s->kind == node_kind::inline_fragment)
      return is_too_deep(*s->as_inline().selection_set, depth);
    const auto& f = s->as_field();
    auto name = f.name.value;
    auto is_list = name == "fields" || name == "interfaces" || name == "possibleTypes" ||
                   name == "inputFields";
    auto below = depth + (is_list ? 1 : 0);
    if (is_list && below >= context_.options().max_introspection_depth) return true;
    return f.selection_set && is_too_deep(*f.selection_set, below);
  });
}

bool introspection_depth::is_fragment_too_deep(const fragment_spread_node& spread,
                                               std::uint32_t depth) {
  auto at = context_.fragment_position(spread.name.value);
  if (at == name_index::none || passed_[at] > depth) return false;
  if (exceeded_[at] <= depth) return true;
  auto before = passed_[at];
  passed_[at] = depth + 1;
  const auto& fragment = context_.text().definitions()[at]->as_fragment();
  if (!is_too_deep(*fragment.selection_set, depth)) return false;
  passed_[at] = before;
  exceeded_[at] = depth;
  return true;
}

}  // namespace puff::graphql::internal
