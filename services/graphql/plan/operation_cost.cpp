#include "services/graphql/plan/operation_cost.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>

#include "services/graphql/values/variables.hpp"

namespace puff::graphql {
namespace {

using size = std::optional<std::uint64_t>;

constexpr std::uint64_t most = std::uint64_t{1} << 62;  // sums and products stay below

std::uint64_t add(std::uint64_t a, std::uint64_t b) { return std::min(most, a + b); }
std::uint64_t times(std::uint64_t a, std::uint64_t b) {
  return b != 0 && a > most / b ? most : a * b;
}

class estimate {
 public:
  estimate(const operation_plan& plan, const value_object& variables, std::uint64_t list_size)
      : plan_(plan), variables_(variables), list_size_(list_size) {}

  /// `told`: what the field above says of the lists here.
  std::uint64_t of(const plan_layer& layer, size told) {
    const std::pair key{&layer, told};
    if (auto known = known_.find(key); known != known_.end()) return known->second;
    std::uint64_t sum = 0;
    for (const auto& f : layer.fields) sum = add(sum, of(f, told));
    if (layer.deferral != nullptr)
      for (const auto& part : layer.deferral->parts) sum = add(sum, of(*part.fields, told));
    return known_[key] = sum;
  }

 private:
  std::uint64_t of(const plan_field& f, size told) {
    if (f.from == plan_field::source::introspection) return 0;
    const auto& costs = plan_.schema->costs;
    const auto declared = costs.find(f.definition);
    const auto& said = declared == costs.end() ? field_cost{} : declared->second;
    if (!f.is_composite()) return said.weight;
    const auto own = size_of(f, said);
    const bool is_list = f.definition->type.nullable().is_list();
    std::uint64_t dearest = 0;
    for (const auto& [type, below] : f.children)
      dearest = std::max(dearest, of(*below, is_list ? size{} : own));
    if (!is_list) return add(said.weight, add(1, dearest));
    const auto items = own ? own : told;
    return add(said.weight, times(items.value_or(list_size_), add(1, dearest)));
  }

  /// How many items this field itself speaks of.
  size size_of(const plan_field& f, const field_cost& said) const {
    if (auto asked = argument(f, said)) return asked;
    return said.size == 0 ? size{} : said.size;
  }

  size argument(const plan_field& f, const field_cost& said) const {
    if (f.definition->arguments.empty()) return {};
    const auto given = f.arguments
                           ? *f.arguments
                           : coerce_arguments(*plan_.doc, *f.nodes.front(), f.definition->arguments,
                                              variables_, {.scalars = plan_.schema->scalars});
    if (!given) return {};  // the field is an error
    constexpr std::array<std::string_view, 3> usual{"first", "last", "limit"};
    for (const auto& [name, what] : *given) {
      const bool counts = said.size_argument.empty() ? std::ranges::find(usual, name) != usual.end()
                                                     : name == said.size_argument;
      if (counts && what.plain().what() == value::kind::integer)
        return static_cast<std::uint64_t>(std::max<std::int64_t>(0, what.plain().integer()));
    }
    return {};
  }

  const operation_plan& plan_;
  const value_object& variables_;
  const std::uint64_t list_size_;
  std::map<std::pair<const plan_layer*, size>, std::uint64_t> known_;
};

}  // namespace

std::uint64_t cost_of(const operation_plan& plan, const value_object& variables,
                      std::uint64_t list_size) {
  return estimate{plan, variables, list_size}.of(*plan.root, {});
}

}  // namespace puff::graphql
