#include "services/graphql/language/document.hpp"

#include <utility>

namespace puff::graphql {

document::document(source text) : source_(std::move(text)), arena_(source_.body.size() * 8 + 512) {}

location document::place_of(const node& n) const {
  std::call_once(indexed_, [this] { places_.emplace(source_.body); });
  return places_->at(n.start);
}

const fragment_node* document::fragment(std::string_view name) const noexcept {
  for (const auto* definition : definitions_)
    if (definition->kind == node_kind::fragment && definition->name.value == name)
      return &definition->as_fragment();
  return nullptr;
}

const operation_node* document::operation(std::string_view name) const noexcept {
  const operation_node* found = nullptr;
  for (const auto* definition : definitions_) {
    if (definition->kind != node_kind::operation) continue;
    if (!name.empty() && definition->name.value == name) return &definition->as_operation();
    if (name.empty() && found) return nullptr;
    if (name.empty()) found = &definition->as_operation();
  }
  return found;
}

std::string_view name_of(operation_type operation) noexcept {
  switch (operation) {
    case operation_type::query: return "query";
    case operation_type::mutation: return "mutation";
    case operation_type::subscription: return "subscription";
  }
  return "";
}

}  // namespace puff::graphql
