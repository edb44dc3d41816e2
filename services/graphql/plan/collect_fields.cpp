#include "services/graphql/plan/collect_fields.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "services/graphql/values/coercion.hpp"

namespace puff::graphql {
namespace {

/// Thrown out of the depths of a selection; caught in `collect_fields`.
struct bad_condition {
  graphql_error error;
};

class collector {
 public:
  collector(const schema& s, const document& doc, const named_type& type,
            const value_object& variables)
      : schema_(s), doc_(doc), type_(type), variables_(variables) {}

  void collect(const selection_set_node& set) {
    for (const auto* selection : set.selections) {
      if (!is_included(*selection)) continue;
      switch (selection->kind) {
        case node_kind::field: add(selection->as_field()); break;
        case node_kind::inline_fragment: collect_inline(selection->as_inline()); break;
        default: collect_spread(selection->as_spread());
      }
    }
  }

  std::vector<field_group> take() { return std::move(groups_); }

 private:
  void add(const field_node& node) {
    const auto key = node.response_key();
    const auto [at, is_new] = positions_.try_emplace(key, groups_.size());
    if (is_new) groups_.push_back({key, {}});
    groups_[at->second].nodes.push_back(&node);
  }

  void collect_inline(const inline_fragment_node& fragment) {
    if (applies(fragment.type_condition)) collect(*fragment.selection_set);
  }

  void collect_spread(const fragment_spread_node& spread) {
    if (!seen_.insert(spread.name.value).second) return;
    const auto* fragment = doc_.fragment(spread.name.value);
    if (fragment != nullptr && applies(fragment->type_condition)) collect(*fragment->selection_set);
  }

  bool applies(const type_node* condition) const {
    if (condition == nullptr) return true;
    const auto* type = schema_.type(condition->name.value);
    return type == &type_ || (type != nullptr && schema_.is_sub_type(*type, type_));
  }

  bool is_included(const selection_node& selection) const {
    bool skipped = false, included = true;
    for (const auto& directive : selection.directives) {
      if (directive.name.value == "skip") skipped = condition(directive);
      if (skipped) return false;
      if (directive.name.value == "include") included = condition(directive);
    }
    return included && !skipped;
  }

  bool condition(const directive_node& directive) const {
    for (const auto& argument : directive.arguments)
      if (argument.name.value == "if") return truth(argument.value);
    throw bad_condition{
        {.message = "Argument \"if\" of required type \"Boolean!\" was not provided.",
         .locations = {doc_.place_of(directive)}}};
  }

  bool truth(const value_node& node) const {
    const auto v = untyped(node, variables_);
    if (v.what() == value::kind::boolean) return v.boolean();
    throw bad_condition{
        {.message = "Argument \"if\" of non-null type \"Boolean!\" must not be null.",
         .locations = {doc_.place_of(node)}}};
  }

  const schema& schema_;
  const document& doc_;
  const named_type& type_;
  const value_object& variables_;
  std::vector<field_group> groups_;
  std::unordered_map<std::string_view, std::size_t> positions_;
  std::unordered_set<std::string_view> seen_;
};

class condition_scan {
 public:
  void scan(const selection_set_node* set) {
    if (set == nullptr) return;
    for (const auto* selection : set->selections) {
      for (const auto& directive : selection->directives) scan(directive);
      if (selection->kind == node_kind::field) scan(selection->as_field().selection_set);
      if (selection->kind == node_kind::inline_fragment) scan(selection->as_inline().selection_set);
    }
  }
  std::vector<std::string_view> take() { return std::move(names_); }

 private:
  void scan(const directive_node& directive) {
    if (directive.name.value != "skip" && directive.name.value != "include") return;
    for (const auto& argument : directive.arguments) {
      if (argument.value.kind != node_kind::variable) continue;
      if (std::find(names_.begin(), names_.end(), argument.value.text) == names_.end())
        names_.push_back(argument.value.text);
    }
  }
  std::vector<std::string_view> names_;
};

}  // namespace

result<std::vector<field_group>> collect_fields(
    const schema& s, const document& doc, const named_type& type,
    std::span<const selection_set_node* const> selections, const value_object& variables) {
  collector c{s, doc, type, variables};
  try {
    for (const auto* set : selections) c.collect(*set);
  } catch (bad_condition& bad) {
    return std::move(bad.error);
  }
  return c.take();
}

std::vector<std::string_view> condition_variables(const document& doc) {
  condition_scan scan;
  for (const auto* definition : doc.definitions()) {
    if (definition->kind == node_kind::operation)
      scan.scan(definition->as_operation().selection_set);
    if (definition->kind == node_kind::fragment) scan.scan(definition->as_fragment().selection_set);
  }
  return scan.take();
}

}  // namespace puff::graphql
