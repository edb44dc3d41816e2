#include "services/graphql/execute/same_for_all.hpp"

#include <algorithm>

#include "services/graphql/execute/resolver.hpp"

namespace puff::graphql {
namespace {

struct knows_no_client {
  bool operator()(const from_column&) const noexcept { return true; }
  bool operator()(const from_constant&) const noexcept { return true; }
  bool operator()(const from_sql&) const noexcept { return true; }
  bool operator()(const from_resolver&) const noexcept { return false; }
  bool operator()(const from_stream&) const noexcept { return false; }
};

bool is_typed_by_rows(const operation_plan& plan, const plan_field& f) noexcept {
  const auto& type = f.definition->type.named();
  return !type.is_abstract() || plan.schema->resolver_of(type) == nullptr;
}

bool is_same(const operation_plan& plan, const plan_field& f) noexcept {
  if (f.from == plan_field::source::type_name) return true;
  if (f.from != plan_field::source::bound || f.binding == nullptr) return false;
  return std::visit(knows_no_client{}, *f.binding) && is_typed_by_rows(plan, f);
}

bool is_same_stream(const operation_plan& plan, const plan_layer& root) noexcept {
  if (root.fields.size() != 1) return false;
  const auto& f = root.fields.front();
  const auto* stream = f.binding == nullptr ? nullptr : std::get_if<from_stream>(f.binding);
  return stream != nullptr && stream->resolver->is_same_for_all() && is_typed_by_rows(plan, f);
}

}  // namespace

bool is_same_for_all(const operation_plan& plan) noexcept {
  if (plan.operation->operation != operation_type::subscription || plan.is_incremental)
    return false;
  if (!plan.parsed_outside.empty()) return false;
  return std::ranges::all_of(plan.layers, [&](const plan_layer& layer) {
    if (&layer == plan.root) return is_same_stream(plan, layer);
    return std::ranges::all_of(layer.fields, [&](const plan_field& f) { return is_same(plan, f); });
  });
}

}  // namespace puff::graphql
