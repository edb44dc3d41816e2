#pragma once

#include <map>
#include <span>
#include <string_view>
#include <unordered_map>

#include "services/graphql/validation/internal/context.hpp"
#include "services/graphql/validation/internal/rules/incremental_rules.hpp"
#include "services/graphql/validation/internal/rules/value_rules.hpp"

namespace puff::graphql::internal {

enum class text_kind : std::uint8_t { executable, type_system };

/// Rules on what stands in both kinds of texts: directives, arguments, names of types and values.
class common_rules {
 public:
  /// `base`: the schema whose types the document may name; null for a schema's first text.
  common_rules(context& c, text_kind kind, const schema* base);

  /// UniqueDirectivesPerLocation, where directives stand on something.
  void check_unique(std::span<const directive_node> directives);
  /// The same for schemas and types, whose directives add up over their extensions.
  void check_unique(std::span<const directive_node> directives, std::string_view owner);
  /// KnownDirectives, KnownArgumentNames, UniqueArgumentNames, the arguments' values,
  /// ProvidedRequiredArguments; of @defer and @stream their own rules, for which a field and its
  /// parent are given where they are known.
  void check(std::span<const directive_node> directives, directive_location place,
             const named_type* parent = nullptr, const field* on = nullptr);
  void check_unique(std::span<const argument_node> arguments);
  /// KnownTypeNames for a type within a definition.
  void check_type(const type_node& type, text_kind around);

  value_rules& values() noexcept { return values_; }
  incremental_rules& incremental() noexcept { return incremental_; }

 private:
  void check_directive(const directive_node& d, directive_location place, const named_type* parent,
                       const field* on);
  void check_arguments(const directive_node& d, const known_directive& known);
  void check_required(const directive_node& d, const known_directive& known);
  void complain_missing(const directive_node& d, std::string_view argument, std::string type);
  void check_once(const directive_node& d,
                  std::unordered_map<std::string_view, const directive_node*>& seen);
  bool is_type_known(std::string_view name, text_kind around) const;
  void complain_type(const type_node& type, text_kind around);

  context& context_;
  const schema* base_;
  value_rules values_;
  incremental_rules incremental_;
  name_index defined_;  // types of the document
  std::map<std::string_view, std::unordered_map<std::string_view, const directive_node*>> owners_;
};

}  // namespace puff::graphql::internal
