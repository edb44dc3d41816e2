#include "services/graphql/validation/internal/rules/incremental_rules.hpp"

#include <algorithm>

namespace puff::graphql::internal {
namespace {

const value_node* condition_of(const directive_node& d) noexcept {
  for (const auto& a : d.arguments)
    if (a.name.value == "if") return &a.value;
  return nullptr;
}

bool is_literal(const value_node& v, bool wanted) noexcept {
  return v.kind == node_kind::boolean_value && v.boolean == wanted;
}

/// Whether @skip or @include, if there, may leave the selection out.
bool may_be_left_out(const selection_node& selection) noexcept {
  if (const auto* skip = find_among(selection.directives, "skip")) {
    const auto* when = condition_of(*skip);
    if (when == nullptr || !is_literal(*when, false)) return true;
  }
  const auto* include = find_among(selection.directives, "include");
  const auto* when = include == nullptr ? nullptr : condition_of(*include);
  return when != nullptr && !is_literal(*when, true);
}

bool may_be_off(const directive_node& d) noexcept {
  const auto* when = condition_of(d);
  return when != nullptr && (is_literal(*when, false) || when->kind == node_kind::variable);
}

std::string_view word_of(operation_type operation) noexcept {
  return operation == operation_type::mutation ? "mutation" : "subscription";
}

}  // namespace

const directive_node* find_among(std::span<const directive_node> all,
                                 std::string_view name) noexcept {
  const auto at = std::ranges::find(all, name, [](const auto& d) { return d.name.value; });
  return at == all.end() ? nullptr : &*at;
}

incremental_rules::incremental_rules(context& c)
    : context_(c), is_known_(c.find_directive("defer") || c.find_directive("stream")) {}

void incremental_rules::check(const operation_node& operation) {
  if (!is_known_ || operation.operation == operation_type::query) return;
  names visited;
  const auto* root = context_.types().root(operation.operation);
  if (root != nullptr &&
      forbid_at_root(*operation.selection_set, *root, operation.operation, visited))
    checked_at_root_.insert(visited.begin(), visited.end());
  if (operation.operation != operation_type::subscription) return;
  visited.clear();
  if (forbid_unconditional(*operation.selection_set, visited))
    checked_.insert(visited.begin(), visited.end());
}

bool incremental_rules::forbid_at_root(const selection_node& selection, std::string_view directive,
                                       const named_type& root, operation_type operation) {
  const auto* found = find_among(selection.directives, directive);
  if (found == nullptr) return true;
  context_.report((directive == "stream" ? "Stream" : "Defer") +
                      std::string{" directive cannot be used on root "} +
                      std::string{word_of(operation)} + " type \"" + root.name + "\".",
                  *found);
  return false;
}

bool incremental_rules::forbid_at_root(const selection_set_node& set, const named_type& root,
                                       operation_type operation, names& visited) {
  bool good = true;
  for (const auto* s : set.selections) {
    if (s->kind == node_kind::field) {
      good &= forbid_at_root(*s, "stream", root, operation);
    } else if (s->kind == node_kind::inline_fragment) {
      good &= forbid_at_root(*s, "defer", root, operation);
      good &= forbid_at_root(*s->as_inline().selection_set, root, operation, visited);
    } else {
      const auto name = s->as_spread().name.value;
      const auto* fragment = context_.fragment(name);
      if (!visited.insert(name).second || fragment == nullptr) continue;
      good &= forbid_at_root(*s, "defer", root, operation);
      if (!checked_at_root_.contains(name))
        good &= forbid_at_root(*fragment->selection_set, root, operation, visited);
    }
  }
  return good;
}

bool incremental_rules::forbid_unconditional(const selection_node& selection) {
  bool good = true;
  for (const auto& d : selection.directives) {
    const bool is_defer = d.name.value == "defer";
    if ((!is_defer && d.name.value != "stream") || may_be_off(d)) continue;
    std::vector<const node*> where{&d};
    where.insert(where.end(), spreads_.rbegin(), spreads_.rend());
    const std::string name = is_defer ? "defer" : "stream";
    context_.report((is_defer ? "Defer" : "Stream") +
                        std::string{" directive not supported on subscription operations. Disable "
                                    "`@"} +
                        name + "` by setting the `if` argument to `false`.",
                    where);
    good = false;
  }
  return good;
}

bool incremental_rules::forbid_unconditional(const fragment_spread_node& spread, names& visited) {
  const auto name = spread.name.value;
  if (visited.contains(name) || checked_.contains(name)) return true;
  visited.insert(name);
  const auto* fragment = context_.fragment(name);
  if (fragment == nullptr) return true;
  spreads_.push_back(&spread);
  const bool good = forbid_unconditional(*fragment->selection_set, visited);
  spreads_.pop_back();
  return good;
}

bool incremental_rules::forbid_unconditional(const selection_set_node& set, names& visited) {
  bool good = true;
  for (const auto* s : set.selections) {
    if (may_be_left_out(*s)) continue;
    good &= forbid_unconditional(*s);
    if (s->kind == node_kind::fragment_spread)
      good &= forbid_unconditional(s->as_spread(), visited);
    else if (s->kind == node_kind::inline_fragment)
      good &= forbid_unconditional(*s->as_inline().selection_set, visited);
    else if (const auto* below = s->as_field().selection_set)
      good &= forbid_unconditional(*below, visited);
  }
  return good;
}

void incremental_rules::check_label(const directive_node& d) {
  if (!is_known_ || (d.name.value != "defer" && d.name.value != "stream")) return;
  const auto label = std::ranges::find(d.arguments, std::string_view{"label"},
                                       [](const auto& a) { return a.name.value; });
  if (label == d.arguments.end() || label->value.kind == node_kind::null_value) return;
  if (label->value.kind != node_kind::string_value) {
    context_.report(
        "Argument \"@" + std::string{d.name.value} + "(label:)\" must be a static string.", d);
    return;
  }
  const auto [known, is_new] = labels_.emplace(label->value.text, &d);
  if (!is_new)
    context_.report(
        "Value for arguments \"defer(label:)\" and \"stream(label:)\" must be unique across all "
        "Defer/Stream directive usages.",
        {known->second, &d});
}

void incremental_rules::check_list(const directive_node& d, const named_type& parent,
                                   const field& definition) {
  if (!is_known_ || d.name.value != "stream" || definition.type.nullable().is_list()) return;
  context_.report("Directive \"@stream\" cannot be used on non-list field \"" + parent.name + "." +
                      definition.name + "\".",
                  d);
}

}  // namespace puff::graphql::internal
