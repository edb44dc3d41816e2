#include "services/graphql/validation/internal/rules/conflict_search.hpp"

#include <algorithm>
#include <limits>

#include "services/graphql/validation/internal/rules/incremental_rules.hpp"

namespace puff::graphql::internal {

namespace {

constexpr std::size_t longest_detail = 1000;
constexpr std::size_t most_nodes = 20;
constexpr std::uint32_t deepest = 1000;

std::string shortened(std::string_view text) {
  if (text.size() <= longest_detail) return std::string(text);
  return std::string(text.substr(0, longest_detail)) + "...";
}

bool never_meet(const named_type* a, const named_type* b) {
  return a != b && a && b && a->kind == type_kind::object && b->kind == type_kind::object;
}

// The field and what conflicts below it; the deepest nodes if there are too many.
void add_nodes(std::vector<const node*>& all, const std::vector<const node*>& more) {
  auto room = most_nodes - all.size();
  auto from = more.size() > room ? more.size() - room : 0;
  all.insert(all.end(), more.begin() + static_cast<std::ptrdiff_t>(from), more.end());
}

}  // namespace

conflict_search::conflict_search(context& c)
    : context_(c),
      left_(c.options().max_comparisons > 0 ? c.options().max_comparisons
                                            : std::numeric_limits<std::uint64_t>::max()),
      has_stream_(c.find_directive("stream")) {}

bool conflict_search::report(const selection_set_node& set, const named_type* parent) {
  conflicts found;
  auto& fields = fields_of(set, parent);
  within(fields, found);
  const auto& names = fields.fragments;
  for (std::size_t i = 0; i < names.size(); ++i) {
    with_fragment(fields, names[i], false, found);
    for (auto j = i + 1; j < names.size(); ++j) between_fragments(names[i], names[j], false, found);
  }
  if (is_spent()) return false;
  for (auto& c : found) {
    c.left.insert(c.left.end(), c.right.begin(), c.right.end());
    context_.report("Fields \"" + shortened(c.key) + "\" conflict because " + c.reason +
                        ". Use different aliases on the fields to fetch both if this was "
                        "intentional.",
                    c.left);
  }
  return true;
}

conflict_search::selected& conflict_search::fields_of(const selection_set_node& set,
                                                      const named_type* parent) {
  auto [at, is_new] = cache_.try_emplace({&set, parent});
  if (is_new) collect(set, parent, at->second);
  return at->second;
}

conflict_search::selected& conflict_search::fields_of(const fragment_node& fragment) {
  return fields_of(*fragment.selection_set,
                   context_.types().type(fragment.type_condition->name.value));
}

void conflict_search::collect(const selection_set_node& set, const named_type* parent,
                              selected& out) {
  for (const auto* s : set.selections) {
    if (s->kind == node_kind::field) {
      const auto& f = s->as_field();
      auto at = out.keys.add(f.response_key(), static_cast<std::uint32_t>(out.groups.size()));
      if (at == out.groups.size()) out.groups.push_back({f.response_key(), {}});
      out.groups[at].second.push_back({&f, parent, definition_of(parent, f.name.value)});
    } else if (s->kind == node_kind::inline_fragment) {
      const auto& f = s->as_inline();
      collect(*f.selection_set,
              f.type_condition ? context_.types().type(f.type_condition->name.value) : parent, out);
    } else if (std::ranges::find(out.fragments, s->as_spread().name.value) == out.fragments.end()) {
      out.fragments.push_back(s->as_spread().name.value);
    }
  }
}

void conflict_search::within(const selected& fields, conflicts& out) {
  for (const auto& [key, group] : fields.groups)
    for (std::size_t i = 0; i < group.size(); ++i)
      for (auto j = i + 1; j < group.size() && !is_spent(); ++j)
        compare(key, group[i], group[j], false, out);
}

void conflict_search::between(const selected& a, const selected& b, bool exclusive,
                              conflicts& out) {
  for (const auto& [key, left] : a.groups) {
    spend(1);
    auto at = b.keys.find(key);
    if (at == name_index::none) continue;
    for (const auto& l : left)
      for (const auto& r : b.groups[at].second)
        if (!is_spent()) compare(key, l, r, exclusive, out);
  }
}

void conflict_search::with_fragment(selected& fields, std::string_view name, bool exclusive,
                                    conflicts& out) {
  spend(1);
  if (is_spent() || fields.groups.empty()) return;
  auto [at, is_new] = fields.compared.emplace(name, exclusive);
  if (!is_new && (!at->second || exclusive)) return;
  at->second = exclusive;
  const auto* fragment = context_.fragment(name);
  if (!fragment) return;
  auto& other = fields_of(*fragment);
  if (&other == &fields) return;
  between(fields, other, exclusive, out);
  for (auto inner : other.fragments) with_fragment(fields, inner, exclusive, out);
}

bool conflict_search::was_compared(std::string_view a, std::string_view b, bool exclusive) {
  for (const auto& pair : {std::pair(a, b), std::pair(b, a)})
    if (auto at = pairs_.find(pair); at != pairs_.end() && (exclusive || !at->second)) return true;
  pairs_[{a, b}] = exclusive;
  return false;
}

void conflict_search::between_fragments(std::string_view a, std::string_view b, bool exclusive,
                                        conflicts& out) {
  spend(2);
  if (is_spent() || a == b || was_compared(a, b, exclusive)) return;
  const auto* left = context_.fragment(a);
  const auto* right = context_.fragment(b);
  if (!left || !right) return;
  auto& fields_a = fields_of(*left);
  auto& fields_b = fields_of(*right);
  between(fields_a, fields_b, exclusive, out);
  for (auto inner : fields_b.fragments) between_fragments(a, inner, exclusive, out);
  for (auto inner : fields_a.fragments) between_fragments(inner, b, exclusive, out);
}

const directive_node* conflict_search::streaming(const selected_field& f) const noexcept {
  return has_stream_ ? find_among(f.node->directives, "stream") : nullptr;
}

void conflict_search::compare(std::string_view key, const selected_field& a,
                              const selected_field& b, bool parents_exclusive, conflicts& out) {
  spend(2);
  auto exclusive = parents_exclusive || never_meet(a.parent, b.parent);
  if (!exclusive) {
    auto left = std::string(a.node->name.value), right = std::string(b.node->name.value);
    if (left != right) {
      out.push_back(
          {key,
           "\"" + shortened(left) + "\" and \"" + shortened(right) + "\" are different fields",
           {a.node},
           {b.node}});
      return;
    }
    spend(a.node->arguments.size());
    if (!same_arguments(a.node->arguments, b.node->arguments)) {
      out.push_back({key, "they have differing arguments", {a.node}, {b.node}});
      return;
    }
  }
  const auto* left = streaming(a);
  const auto* right = streaming(b);
  if (left || right) {
    std::string why = "they have overlapping stream directives";
    if (left && right && same_arguments(left->arguments, right->arguments))
      why += ". See https://github.com/graphql/defer-stream-wg/discussions/100";
    out.push_back({key, std::move(why), {a.node}, {b.node}});
    return;
  }
  if (a.definition && b.definition && !same_shape(a.definition->type, b.definition->type)) {
    out.push_back({key,
                   "they return conflicting types \"" + to_string(a.definition->type) +
                       "\" and \"" + to_string(b.definition->type) + "\"",
                   {a.node},
                   {b.node}});
    return;
  }
  if (a.node->selection_set && b.node->selection_set) compare_below(key, a, b, exclusive, out);
}

void conflict_search::compare_below(std::string_view key, const selected_field& a,
                                    const selected_field& b, bool exclusive, conflicts& out) {
  if (++depth_ > deepest) left_ = 0;
  auto found = is_spent() ? conflicts{} : between_sets(a, b, exclusive);
  --depth_;
  if (found.empty()) return;
  conflict made{key, {}, {a.node}, {b.node}};
  for (const auto& c : found) {
    if (!made.reason.empty()) made.reason += " and ";
    made.reason += "subfields \"" + shortened(c.key) + "\" conflict because " + c.reason;
    if (made.reason.size() > longest_detail) break;
  }
  made.reason = shortened(made.reason);
  for (const auto& c : found) {
    add_nodes(made.left, c.left);
    add_nodes(made.right, c.right);
  }
  out.push_back(std::move(made));
}

conflict_search::conflicts conflict_search::between_sets(const selected_field& a,
                                                         const selected_field& b, bool exclusive) {
  auto type_of = [](const selected_field& f) {
    return f.definition ? &f.definition->type.named() : nullptr;
  };
  conflicts out;
  auto& left = fields_of(*a.node->selection_set, type_of(a));
  auto& right = fields_of(*b.node->selection_set, type_of(b));
  between(left, right, exclusive, out);
  for (auto name : right.fragments) with_fragment(left, name, exclusive, out);
  for (auto name : left.fragments) with_fragment(right, name, exclusive, out);
  for (auto x : left.fragments)
    for (auto y : right.fragments) between_fragments(x, y, exclusive, out);
  return out;
}

}  // namespace puff::graphql::internal
