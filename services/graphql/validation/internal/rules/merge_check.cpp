#include "services/graphql/validation/internal/rules/merge_check.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "services/graphql/validation/internal/rules/incremental_rules.hpp"

namespace puff::graphql::internal {

namespace {

constexpr std::uint32_t deepest = 300;

bool same_value(const value_node& a, const value_node& b);

const object_field_node* find_field(const value_node& object, std::string_view name) {
  for (const auto& f : object.fields)
    if (f.name.value == name) return &f;
  return nullptr;
}

bool same_objects(const value_node& a, const value_node& b) {
  if (a.fields.size() != b.fields.size()) return false;
  for (std::size_t i = 0; i < a.fields.size(); ++i) {
    const auto& left = a.fields[i];
    // Mostly in the same order; names are unique in what is valid otherwise.
    const auto* right =
        b.fields[i].name.value == left.name.value ? &b.fields[i] : find_field(b, left.name.value);
    if (!right || !same_value(left.value, right->value)) return false;
  }
  return true;
}

bool same_value(const value_node& a, const value_node& b) {
  if (a.kind != b.kind || a.text != b.text || a.block != b.block) return false;
  if (a.kind == node_kind::list_value) return std::ranges::equal(a.items, b.items, same_value);
  return a.kind != node_kind::object_value || same_objects(a, b);
}

}  // namespace

bool merge_check::streams(const field_node& f) const noexcept {
  return has_stream_ && find_among(f.directives, "stream") != nullptr;
}

const field* definition_of(const named_type* parent, std::string_view name) noexcept {
  return parent && parent->has_fields() ? parent->find_field(name) : nullptr;
}

bool same_arguments(std::span<const argument_node> a, std::span<const argument_node> b) {
  if (a.size() != b.size()) return false;
  for (const auto& left : a) {
    const argument_node* right = nullptr;  // the last of a name counts
    for (const auto& candidate : b)
      if (candidate.name.value == left.name.value) right = &candidate;
    if (!right || !same_value(left.value, right->value)) return false;
  }
  return true;
}

bool same_shape(const type_ref& a, const type_ref& b) noexcept {
  auto left = a, right = b;
  while (!left.is_named() && !right.is_named()) {
    if (left.is_list() != right.is_list()) return false;
    left = left.inner();
    right = right.inner();
  }
  if (!left.is_named() || !right.is_named()) return false;
  if (left.named().is_leaf() || right.named().is_leaf()) return left == right;
  return true;
}

merge_check::merge_check(context& c)
    : context_(c),
      left_(c.options().max_comparisons > 0 ? c.options().max_comparisons
                                            : std::numeric_limits<std::uint64_t>::max()),
      has_stream_(c.find_directive("stream")) {}

bool merge_check::is_sound(const selection_set_node& set, const named_type* parent) {
  scope top;
  collect(set, parent, top);
  return left_ > 0 && check(top, false);
}

void merge_check::collect(const selection_set_node& set, const named_type* parent, scope& out) {
  for (const auto* s : set.selections) {
    if (!spend()) return;
    if (s->kind == node_kind::field) {
      const auto& f = s->as_field();
      auto at = out.keys.add(f.response_key(), static_cast<std::uint32_t>(out.groups.size()));
      if (at == out.groups.size()) out.groups.emplace_back();
      out.groups[at].push_back({&f, parent, definition_of(parent, f.name.value)});
    } else if (s->kind == node_kind::inline_fragment) {
      const auto& f = s->as_inline();
      const auto* type =
          f.type_condition ? context_.types().type(f.type_condition->name.value) : parent;
      collect(*f.selection_set, type, out);
    } else {
      auto at = context_.fragment_position(s->as_spread().name.value);
      if (at == name_index::none) continue;
      out.seen.resize(context_.text().definitions().size());
      if (out.seen[at]) continue;
      out.seen[at] = true;
      const auto& f = context_.text().definitions()[at]->as_fragment();
      collect(*f.selection_set, context_.types().type(f.type_condition->name.value), out);
    }
  }
}

bool merge_check::check(const scope& s, bool exclusive) {
  return std::ranges::all_of(s.groups, [&](const auto& group) {
    return group.size() < 2 || check_group(group, exclusive);
  });
}

bool merge_check::check_group(const fields& group, bool exclusive) {
  const field* first = nullptr;
  for (const auto& f : group) {
    if (!spend() || streams(*f.node)) return false;
    if (!f.definition) continue;
    if (first && !same_shape(first->type, f.definition->type)) return false;
    first = f.definition;
  }
  return exclusive ? descend(group, true) : check_clusters(group);
}

// Fields of different object types never meet; those of an abstract type may meet all others.
bool merge_check::check_clusters(const fields& group) {
  std::unordered_map<const named_type*, fields> objects;
  fields abstract;
  for (const auto& f : group) {
    auto is_object = f.parent && f.parent->kind == type_kind::object;
    (is_object ? objects[f.parent] : abstract).push_back(f);
  }
  if (objects.size() < 2) return check_same(group) && descend(group, false);
  for (auto& [parent, cluster] : objects) {
    cluster.insert(cluster.end(), abstract.begin(), abstract.end());
    if (cluster.size() > 1 && !(check_same(cluster) && descend(cluster, false))) return false;
  }
  return descend(group, true);
}

bool merge_check::check_same(const fields& cluster) {
  const auto& first = *cluster.front().node;
  return std::ranges::all_of(cluster, [&](const auto& f) {
    return spend() && f.node->name.value == first.name.value &&
           same_arguments(first.arguments, f.node->arguments);
  });
}

bool merge_check::descend(const fields& group, bool exclusive) {
  scope below;
  std::size_t sets = 0;
  for (const auto& f : group) {
    if (!f.node->selection_set) continue;
    ++sets;
    const auto* type = f.definition ? &f.definition->type.named() : nullptr;
    // A fragment counts once for each type of the fields around it: its own type decides.
    collect(*f.node->selection_set, type, below);
  }
  if (left_ == 0) return false;
  if (sets < 2) return true;
  if (depth_ == deepest) return false;  // fragments in a circle
  ++depth_;
  auto sound = check(below, exclusive);
  --depth_;
  return sound;
}

}  // namespace puff::graphql::internal
