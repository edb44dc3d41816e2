#include "services/graphql/plan/collect_fields.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "services/graphql/values/coercion.hpp"

namespace puff::graphql {
namespace {

/// Thrown out of the depths of a selection; caught in `collect_fields`.
struct bad_condition {
  graphql_error error;
};

const directive_node* find_directive(const selection_node& selection,
                                     std::string_view name) noexcept {
  for (const auto& d : selection.directives)
    if (d.name.value == name) return &d;
  return nullptr;
}

class collector {
 public:
  collector(const schema& s, const document& doc, const named_type& type,
            const value_object& variables, std::deque<defer_usage>* usages)
      : schema_(s), doc_(doc), type_(type), variables_(variables), usages_(usages) {}

  void collect(const selection_set_node& set, const defer_usage* within) {
    for (const auto* selection : set.selections) {
      if (!is_included(*selection)) continue;
      switch (selection->kind) {
        case node_kind::field: add(selection->as_field(), within); break;
        case node_kind::inline_fragment: collect_inline(selection->as_inline(), within); break;
        default: collect_spread(selection->as_spread(), within);
      }
    }
  }

  collected_fields take() { return std::move(out_); }

 private:
  void add(const field_node& node, const defer_usage* within) {
    const auto key = node.response_key();
    const auto [at, is_new] = positions_.try_emplace(key, out_.groups.size());
    if (is_new) out_.groups.push_back({key, {}, {}});
    auto& group = out_.groups[at->second];
    group.nodes.push_back(&node);
    if (usages_ == nullptr) return;
    group.deferred.push_back(within);
    if (is_new) group.stream = active(node, "stream");
  }

  void collect_inline(const inline_fragment_node& fragment, const defer_usage* within) {
    if (!applies(fragment.type_condition)) return;
    if (const auto* directive = active(fragment, "defer")) within = begin(*directive, within);
    collect(*fragment.selection_set, within);
  }

  /// A fragment that is selected without delay is not selected again; a deferred one once by each
  /// directive.
  void collect_spread(const fragment_spread_node& spread, const defer_usage* within) {
    const auto name = spread.name.value;
    const auto* fragment = doc_.fragment(name);
    if (fragment == nullptr || !applies(fragment->type_condition)) return;
    const auto* directive = active(spread, "defer");
    const auto* key = directive != nullptr ? directive : within ? within->directive : nullptr;
    if (seen_.contains(name) || (key != nullptr && !deferred_.emplace(name, key).second)) return;
    if (key == nullptr) seen_.insert(name);
    collect(*fragment->selection_set, directive != nullptr ? begin(*directive, within) : within);
  }

  /// The directive of that name, if there is one and it is not turned off.
  const directive_node* active(const selection_node& selection, std::string_view name) const {
    if (usages_ == nullptr) return nullptr;
    const auto* directive = find_directive(selection, name);
    return directive != nullptr && condition(*directive, true) ? directive : nullptr;
  }

  const defer_usage* begin(const directive_node& directive, const defer_usage* within) {
    const auto* label = find_argument(directive, "label");
    auto& made = usages_->emplace_back();
    made.directive = &directive;
    if (label != nullptr && label->kind == node_kind::string_value) made.label = label->text;
    made.parent = within;
    made.number = static_cast<std::uint32_t>(usages_->size());
    out_.usages.push_back(&made);
    return &made;
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

  bool condition(const directive_node& directive, std::optional<bool> by_default = {}) const {
    const auto* given = find_argument(directive, "if");
    if (given == nullptr || is_absent(*given)) {
      if (by_default) return *by_default;
      if (given != nullptr) return truth(*given);
      throw bad_condition{
          {.message = "Argument \"if\" of required type \"Boolean!\" was not provided.",
           .locations = {doc_.place_of(directive)}}};
    }
    return truth(*given);
  }

  bool is_absent(const value_node& node) const {
    return node.kind == node_kind::variable && find_variable(variables_, node.text) == nullptr;
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
  std::deque<defer_usage>* const usages_;
  collected_fields out_;
  std::unordered_map<std::string_view, std::size_t> positions_;
  std::unordered_set<std::string_view> seen_;
  std::set<std::pair<std::string_view, const directive_node*>> deferred_;
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
    constexpr std::array<std::string_view, 4> deciding{"skip", "include", "defer", "stream"};
    if (std::ranges::find(deciding, directive.name.value) == deciding.end()) return;
    for (const auto& argument : directive.arguments) {
      if (argument.value.kind != node_kind::variable || argument.name.value != "if") continue;
      if (std::find(names_.begin(), names_.end(), argument.value.text) == names_.end())
        names_.push_back(argument.value.text);
    }
  }
  std::vector<std::string_view> names_;
};

}  // namespace

const value_node* find_argument(const directive_node& directive, std::string_view name) noexcept {
  for (const auto& a : directive.arguments)
    if (a.name.value == name) return &a.value;
  return nullptr;
}

result<collected_fields> collect_fields(const schema& s, const document& doc,
                                        const named_type& type,
                                        std::span<const selected_set> selections,
                                        const value_object& variables,
                                        std::deque<defer_usage>* usages) {
  collector c{s, doc, type, variables, usages};
  try {
    for (const auto& one : selections) c.collect(*one.set, one.deferred);
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
