#include "services/graphql/schema/schema.hpp"

#include <algorithm>
#include <utility>

#include "services/graphql/schema/internal/parts.hpp"

namespace puff::graphql {

schema::schema(std::unique_ptr<parts> p) : parts_(std::move(p)) {}
schema::~schema() = default;

const std::optional<std::string>& schema::description() const noexcept {
  return parts_->description;
}

const named_type* schema::root(operation_type operation) const noexcept {
  return parts_->roots[static_cast<std::size_t>(operation)];
}

std::span<const named_type* const> schema::types() const noexcept { return parts_->types; }

const named_type* schema::type(std::string_view name) const noexcept {
  auto at = parts_->by_name.find(name);
  return at == name_index::none ? nullptr : parts_->types[at];
}

std::span<const directive> schema::directives() const noexcept { return parts_->directives; }

const directive* schema::find_directive(std::string_view name) const noexcept {
  for (const auto& d : parts_->directives)
    if (d.name == name) return &d;
  return nullptr;
}

std::span<const named_type* const> schema::possible_types(const named_type& type) const noexcept {
  return parts_->possible[type.position];
}

std::span<const named_type* const> schema::implementing_interfaces(
    const named_type& type) const noexcept {
  return parts_->implementing[type.position];
}

bool schema::is_sub_type(const named_type& super, const named_type& sub) const noexcept {
  const auto& subs = parts_->sub_types[super.position];
  return !subs.empty() && subs[sub.position];
}

bool schema::overlap(const named_type& a, const named_type& b) const noexcept {
  if (&a == &b) return true;
  if (a.is_abstract() && b.is_abstract())
    return std::ranges::any_of(possible_types(a),
                               [&](const auto* type) { return is_sub_type(b, *type); });
  return a.is_abstract() ? is_sub_type(a, b) : b.is_abstract() && is_sub_type(b, a);
}

bool schema::is_type_sub_type_of(const type_ref& sub, const type_ref& super) const noexcept {
  if (sub == super) return true;
  if (super.is_non_null())
    return sub.is_non_null() && is_type_sub_type_of(sub.inner(), super.inner());
  if (sub.is_non_null()) return is_type_sub_type_of(sub.inner(), super);
  if (super.is_list()) return sub.is_list() && is_type_sub_type_of(sub.inner(), super.inner());
  if (sub.is_list()) return false;
  return super.named().is_abstract() && is_sub_type(super.named(), sub.named());
}

type_ref schema::resolve(const type_node& node) const noexcept {
  if (node.kind == node_kind::named_type) {
    const auto* named = type(node.name.value);
    return named ? type_ref(named) : type_ref();
  }
  auto inner = resolve(*node.of);
  if (!inner || inner.wrappers() >= type_ref::max_wrappers) return {};
  return node.kind == node_kind::list_type ? inner.list_of() : inner.non_null();
}

const field* schema::find_field(const named_type& parent, std::string_view name) const noexcept {
  if (name.starts_with("__")) {
    if (name == "__typename" && parent.is_composite()) return &parts_->meta_typename;
    if (&parent == root(operation_type::query)) {
      if (name == "__schema") return &parts_->meta_schema;
      if (name == "__type") return &parts_->meta_type;
    }
  }
  return parent.has_fields() ? parent.find_field(name) : nullptr;
}

std::uint64_t schema::fingerprint() const noexcept { return parts_->fingerprint; }
std::uint64_t schema::serial() const noexcept { return parts_->serial; }
const written_at& schema::syntax() const noexcept { return parts_->syntax; }
std::span<const written_at> schema::extensions() const noexcept { return parts_->extensions; }
std::span<const document_ptr> schema::documents() const noexcept { return parts_->documents; }

}  // namespace puff::graphql
