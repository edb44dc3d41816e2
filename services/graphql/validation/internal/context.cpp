#include "services/graphql/validation/internal/context.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "services/graphql/validation/suggestions.hpp"

namespace puff::graphql::internal {

bool known_directive::may_stand_at(directive_location place) const noexcept {
  if (!node) return model->may_stand_at(place);
  return std::ranges::any_of(node->locations,
                             [&](const auto& n) { return n.value == name_of(place); });
}

bool known_directive::has_argument(std::string_view name) const noexcept {
  if (!node) return model->argument(name) != nullptr;
  return std::ranges::any_of(node->arguments, [&](const auto& a) { return a.name.value == name; });
}

std::vector<std::string_view> known_directive::argument_names() const {
  std::vector<std::string_view> names;
  if (node)
    for (const auto& a : node->arguments) names.push_back(a.name.value);
  else
    for (const auto& a : model->arguments) names.push_back(a.name);
  return names;
}

context::context(const schema& s, const document& doc, const validation_options& options)
    : schema_(s), doc_(doc), options_(options) {
  auto definitions = doc.definitions();
  for (auto i = definitions.size(); i-- > 0;) {  // the last of a name counts
    if (definitions[i]->kind == node_kind::fragment) {
      fragments_.add(definitions[i]->name.value, static_cast<std::uint32_t>(i));
      has_fragments_ = true;
    } else if (definitions[i]->kind != node_kind::operation) {
      has_type_system_ = true;
      if (definitions[i]->kind == node_kind::directive_definition)
        directives_.add(definitions[i]->name.value, static_cast<std::uint32_t>(i));
    }
  }
}

const fragment_node* context::fragment(std::string_view name) const noexcept {
  auto at = fragments_.find(name);
  return at == name_index::none ? nullptr : &doc_.definitions()[at]->as_fragment();
}

known_directive context::find_directive(std::string_view name) const noexcept {
  known_directive found{schema_.find_directive(name), nullptr};
  if (auto at = directives_.find(name); at != name_index::none)
    found.node = &doc_.definitions()[at]->as_directive();
  return found;
}

bool context::is_full() const noexcept {
  return options_.max_errors > 0 && errors_.size() > options_.max_errors;
}

void context::report(std::string message, std::span<const node* const> where) {
  if (is_full()) return;
  graphql_error error{std::move(message), {}, {}, {}};
  for (const auto* n : where) error.locations.push_back(doc_.place_of(*n));
  errors_.push_back(std::move(error));
}

std::string context::hint(std::string_view wrong,
                          const std::vector<std::string_view>& options) const {
  if (options_.did_you_mean == suggestions::hidden || is_full()) return {};
  return did_you_mean(suggestion_list(wrong, options));
}

void context::insert(std::size_t position, graphql_errors errors) {
  errors_.insert(errors_.begin() + static_cast<std::ptrdiff_t>(position),
                 std::make_move_iterator(errors.begin()), std::make_move_iterator(errors.end()));
}

graphql_errors context::take_from(std::size_t position) {
  auto from = errors_.begin() + static_cast<std::ptrdiff_t>(position);
  graphql_errors taken(std::make_move_iterator(from), std::make_move_iterator(errors_.end()));
  errors_.erase(from, errors_.end());
  return taken;
}

void context::abort(std::string message) {
  errors_.push_back({std::move(message), {}, {}, {}});
  aborted_ = true;
}

graphql_errors context::take() {
  if (is_full()) {
    errors_.resize(options_.max_errors);
    errors_.push_back(
        {"Too many validation errors, error limit reached. Validation aborted.", {}, {}, {}});
  }
  return std::move(errors_);
}

}  // namespace puff::graphql::internal
