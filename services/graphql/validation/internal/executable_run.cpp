#include "services/graphql/validation/internal/executable_run.hpp"

#include <algorithm>

#include "services/graphql/language/printer.hpp"
#include "services/graphql/validation/internal/rules/variable_rules.hpp"
#include "services/graphql/validation/internal/type_system_walk.hpp"

namespace puff::graphql::internal {

namespace {

constexpr std::size_t most_usages = 500'000;

}  // namespace

executable_run::executable_run(context& c)
    : context_(c),
      common_(c, text_kind::executable, &c.types()),
      fragments_(c),
      depth_(c),
      overlapping_(c) {}

void executable_run::run() {
  auto definitions = context_.text().definitions();
  operations_ = static_cast<std::size_t>(std::ranges::count_if(
      definitions, [](const auto* d) { return d->kind == node_kind::operation; }));
  check_executable();
  for (const auto* d : definitions) {
    auto from = common_.values().usages().size();
    if (d->kind == node_kind::operation)
      walk(d->as_operation());
    else if (d->kind == node_kind::fragment)
      walk(d->as_fragment());
    else
      walk_type_system(*d);
    usages_.emplace_back(from, common_.values().usages().size());
    if (context_.is_aborted()) return;
  }
  fragments_.check_unused();
  check_waiting();
}

void executable_run::check_executable() {
  if (!context_.has_type_system()) return;
  for (const auto* d : context_.text().definitions()) {
    if (d->is_executable()) continue;
    auto name = d->name ? "\"" + std::string(d->name.value) + "\"" : std::string("schema");
    context_.report("The " + name + " definition is not executable.", *d);
  }
}

void executable_run::check_operation_name(const operation_node& operation) {
  if (operation.name) {
    auto [first, is_new] = names_.emplace(operation.name.value, &operation.name);
    if (!is_new)
      context_.report(
          "There can be only one operation named \"" + std::string(operation.name.value) + "\".",
          {first->second, &operation.name});
  } else if (operations_ > 1) {
    context_.report("This anonymous operation must be the only defined operation.", operation);
  }
}

void executable_run::walk(const operation_node& operation) {
  check_operation_name(operation);
  check_single_field(context_, operation);
  check_unique_variables(context_, operation);
  common_.check_unique(operation.directives);
  common_.incremental().check(operation);
  for (const auto& variable : operation.variables) walk(variable);
  auto place = static_cast<directive_location>(operation.operation);
  common_.check(operation.directives, place);
  const auto* root = context_.types().root(operation.operation);
  if (root && root->kind != type_kind::object) root = nullptr;
  overlapping_.check(*operation.selection_set, root);
  walk(*operation.selection_set, root);
  waiting_.push_back({&operation, context_.count()});
}

void executable_run::walk(const variable_definition_node& variable) {
  auto& usages = common_.values().usages();
  auto used = usages.size();
  check_input_type(context_, variable);
  common_.check_unique(variable.directives);
  common_.check_type(*variable.type, text_kind::executable);
  auto type = context_.types().resolve(*variable.type);
  if (type && !type.named().is_input()) type = {};
  if (variable.default_value) common_.values().check(*variable.default_value, {type, {}, false});
  common_.check(variable.directives, directive_location::variable_definition);
  usages.resize(used);
}

// After the walk: only now it is known what fragments use. Errors go where the operation ended.
void executable_run::check_waiting() {
  const auto& all = common_.values().usages();
  auto definitions = context_.text().definitions();
  std::size_t shift = 0, next = 0, work = 0;
  for (const auto& w : waiting_) {
    while (definitions[next] != w.operation) ++next;
    std::vector<variable_usage> used(
        all.begin() + static_cast<std::ptrdiff_t>(usages_[next].first),
        all.begin() + static_cast<std::ptrdiff_t>(usages_[next].second));
    if (context_.has_fragments())
      for (auto at : fragments_.reached({&w.operation, 1}))
        used.insert(used.end(), all.begin() + static_cast<std::ptrdiff_t>(usages_[at].first),
                    all.begin() + static_cast<std::ptrdiff_t>(usages_[at].second));
    work += used.size();
    if (work > most_usages)
      return context_.abort(
          "Validation aborted: too many operations share fragments with too many "
          "variables.");
    context late(context_.types(), context_.text(), context_.options());
    check_usages(late, *w.operation, used);
    auto errors = late.take_from(0);
    auto count = errors.size();
    context_.insert(w.position + shift, std::move(errors));
    shift += count;
  }
}

const named_type* executable_run::composite(const type_node& condition) const {
  const auto* type = context_.types().type(condition.name.value);
  return type && type->is_composite() ? type : nullptr;
}

void executable_run::check_condition(const type_node& condition, const fragment_node* of) {
  const auto* type = context_.types().type(condition.name.value);
  if (!type || type->is_composite()) return;
  auto who = of ? "Fragment \"" + std::string(of->name.value) + "\"" : std::string("Fragment");
  context_.report(who + " cannot condition on non composite type \"" + type->name + "\".",
                  condition);
}

void executable_run::walk(const fragment_node& fragment) {
  check_condition(*fragment.type_condition, &fragment);
  fragments_.enter(fragment);
  common_.check_unique(fragment.directives);
  common_.check_type(*fragment.type_condition, text_kind::executable);
  common_.check(fragment.directives, directive_location::fragment_definition);
  const auto* type = composite(*fragment.type_condition);
  overlapping_.check(*fragment.selection_set, type);
  walk(*fragment.selection_set, type);
}

void executable_run::walk(const selection_set_node& set, const named_type* parent) {
  for (const auto* s : set.selections) {
    if (context_.is_aborted()) return;
    switch (s->kind) {
      case node_kind::field: walk(s->as_field(), parent); break;
      case node_kind::inline_fragment: walk(s->as_inline(), parent); break;
      default: walk(s->as_spread(), parent);
    }
  }
}

void executable_run::walk(const inline_fragment_node& fragment, const named_type* parent) {
  const auto* type = parent;
  if (const auto* condition = fragment.type_condition) {
    check_condition(*condition, nullptr);
    type = composite(*condition);
    if (type && parent && !context_.types().overlap(*type, *parent))
      context_.report("Fragment cannot be spread here as objects of type \"" + parent->name +
                          "\" can never be of type \"" + type->name + "\".",
                      fragment);
  }
  common_.check_unique(fragment.directives);
  if (fragment.type_condition) common_.check_type(*fragment.type_condition, text_kind::executable);
  common_.check(fragment.directives, directive_location::inline_fragment);
  walk(*fragment.selection_set, type);
}

void executable_run::walk(const fragment_spread_node& spread, const named_type* parent) {
  const auto* fragment = context_.fragment(spread.name.value);
  auto name = "\"" + std::string(spread.name.value) + "\"";
  if (!fragment) context_.report("Unknown fragment " + name + ".", spread.name);
  const auto* type = fragment ? composite(*fragment->type_condition) : nullptr;
  if (type && parent && !context_.types().overlap(*type, *parent))
    context_.report("Fragment " + name + " cannot be spread here as objects of type \"" +
                        parent->name + "\" can never be of type \"" + type->name + "\".",
                    spread);
  common_.check_unique(spread.directives);
  common_.check(spread.directives, directive_location::fragment_spread);
}

void executable_run::walk_type_system(const definition_node& definition) {
  type_system_walk(common_).walk(definition);
}

}  // namespace puff::graphql::internal
