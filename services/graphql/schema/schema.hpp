#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/graphql/schema/types.hpp"

namespace puff::graphql {

/// What a server offers: types, directives and the roots of the three operations. Immutable and
/// shared between threads; pointers into it live as long as it does. Made by a `schema_builder`.
class schema {
 public:
  struct parts;
  schema(const schema&) = delete;
  schema& operator=(const schema&) = delete;
  ~schema();

  const std::optional<std::string>& description() const noexcept;

  /// Null if the schema has no such operation.
  const named_type* root(operation_type operation) const noexcept;

  /// All types, those of the introspection and the scalars in use included, in the order of
  /// graphql-js' type map.
  std::span<const named_type* const> types() const noexcept;
  const named_type* type(std::string_view name) const noexcept;

  std::span<const directive> directives() const noexcept;
  const directive* find_directive(std::string_view name) const noexcept;

  /// Objects that implement the interface or belong to the union, in the order of `types` or of the
  /// union; an object alone is its own.
  std::span<const named_type* const> possible_types(const named_type& type) const noexcept;
  /// Interfaces that implement this interface.
  std::span<const named_type* const> implementing_interfaces(const named_type& type) const noexcept;
  /// Is every `sub` also a `super`, by membership or interface? Not so for a type and itself.
  bool is_sub_type(const named_type& super, const named_type& sub) const noexcept;
  /// Can a value be of both? True for a type and itself.
  bool overlap(const named_type& a, const named_type& b) const noexcept;
  /// May a value of type `sub` stand where `super` is wanted (covariance, wrappers included)?
  bool is_type_sub_type_of(const type_ref& sub, const type_ref& super) const noexcept;

  /// The type that a text of a document means; false if its name is unknown or it has too many
  /// wrappers.
  type_ref resolve(const type_node& type) const noexcept;
  /// A field of a composite type, the meta fields included: `__typename` on each, `__schema` and
  /// `__type` on the root of queries. Null if there is none.
  const field* find_field(const named_type& parent, std::string_view name) const noexcept;

  /// Of the printed schema: equal in every process that has this schema.
  std::uint64_t fingerprint() const noexcept;
  /// Unique within this process: a key for plans.
  std::uint64_t serial() const noexcept;

  /// The schema definition and its extensions, if written.
  const written_at& syntax() const noexcept;
  std::span<const written_at> extensions() const noexcept;
  /// Texts that this schema was built from, in order.
  std::span<const document_ptr> documents() const noexcept;

 private:
  friend class schema_builder;
  explicit schema(std::unique_ptr<parts> p);
  std::unique_ptr<parts> parts_;
};

using schema_ptr = std::shared_ptr<const schema>;

}  // namespace puff::graphql
