#include "services/graphql/validation/internal/rules/fragment_rules.hpp"

#include <algorithm>

namespace puff::graphql::internal {

namespace {

const selection_set_node* inner_set(const selection_node& s) {
  return s.kind == node_kind::field ? s.as_field().selection_set : s.as_inline().selection_set;
}

}  // namespace

// All spreads below, those of the last nested set first: the order in which graphql-js finds them.
const spreads& fragment_rules::spreads_of(const selection_set_node& top) {
  auto [at, is_new] = spreads_.try_emplace(&top);
  if (!is_new) return at->second;
  std::vector<const selection_set_node*> open{&top};
  while (!open.empty()) {
    const auto* set = open.back();
    open.pop_back();
    for (const auto* s : set->selections) {
      if (s->kind == node_kind::fragment_spread)
        at->second.push_back(&s->as_spread());
      else if (const auto* inner = inner_set(*s))
        open.push_back(inner);
    }
  }
  return at->second;
}

void fragment_rules::enter(const fragment_node& fragment) {
  auto [first, is_new] = names_.emplace(fragment.name.value, &fragment.name);
  if (!is_new)
    context_.report(
        "There can be only one fragment named \"" + std::string(fragment.name.value) + "\".",
        {first->second, &fragment.name});
  check_cycles(fragment);
}

void fragment_rules::complain_cycle(std::size_t from) {
  std::string via;
  std::vector<const node*> nodes(path_.begin() + static_cast<std::ptrdiff_t>(from), path_.end());
  for (auto i = from; i + 1 < path_.size(); ++i)
    via += (via.empty() ? " via \"" : ", \"") + std::string(path_[i]->name.value) + "\"";
  context_.report("Cannot spread fragment \"" + std::string(path_.back()->name.value) +
                      "\" within itself" + via + ".",
                  nodes);
}

void fragment_rules::check_cycles(const fragment_node& fragment) {
  if (!visited_names_.insert(fragment.name.value).second) return;
  const auto& below = spreads_of(*fragment.selection_set);
  if (below.empty()) return;
  on_path_[fragment.name.value] = path_.size();
  for (const auto* spread : below) {
    path_.push_back(spread);
    if (auto at = on_path_.find(spread->name.value); at != on_path_.end())
      complain_cycle(at->second);
    else if (const auto* next = context_.fragment(spread->name.value))
      check_cycles(*next);
    path_.pop_back();
  }
  on_path_.erase(fragment.name.value);
}

std::vector<std::uint32_t> fragment_rules::reached(
    std::span<const operation_node* const> operations) {
  std::vector<std::uint32_t> found;
  std::vector<bool> known(context_.text().definitions().size());
  auto add_all = [&](const spreads& all) {
    for (const auto* spread : all) {
      auto at = context_.fragment_position(spread->name.value);
      if (at == name_index::none || known[at]) continue;
      known[at] = true;
      found.push_back(at);
    }
  };
  for (const auto* operation : operations) add_all(spreads_of(*operation->selection_set));
  for (std::size_t i = 0; i < found.size(); ++i)
    add_all(spreads_of(*context_.text().definitions()[found[i]]->as_fragment().selection_set));
  return found;
}

void fragment_rules::check_unused() {
  if (!context_.has_fragments()) return;
  std::vector<const operation_node*> operations;
  auto definitions = context_.text().definitions();
  for (const auto* d : definitions)
    if (d->kind == node_kind::operation) operations.push_back(&d->as_operation());
  std::unordered_set<std::string_view> used;
  for (auto at : reached(operations)) used.insert(definitions[at]->name.value);
  for (const auto* d : definitions)
    if (d->kind == node_kind::fragment && !used.contains(d->name.value))
      context_.report("Fragment \"" + std::string(d->name.value) + "\" is never used.", *d);
}

}  // namespace puff::graphql::internal
