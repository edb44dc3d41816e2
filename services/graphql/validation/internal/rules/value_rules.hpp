#pragma once

#include <vector>

#include "services/graphql/validation/internal/context.hpp"
#include "services/graphql/validation/internal/input_place.hpp"

namespace puff::graphql::internal {

/// Literals: ValuesOfCorrectType and UniqueInputFieldNames. Collects the variables on its way.
class value_rules {
 public:
  enum class types : std::uint8_t { checked, unknown };  ///< texts in the schema language: unknown

  value_rules(context& c, types t) : context_(c), types_(t) {}

  void check(const value_node& value, const input_place& place) {
    check(value, place, types_ == types::unknown);
  }
  std::vector<variable_usage>& usages() noexcept { return usages_; }

 private:
  void check(const value_node& value, const input_place& place, bool mute);
  void check_list(const value_node& value, const input_place& place, bool mute);
  void check_object(const value_node& value, const input_place& place, bool mute);
  void check_fields(const value_node& value, const named_type& type);
  void check_one_of(const value_node& value, const named_type& type);
  void check_leaf(const value_node& value, const type_ref& wanted);
  void check_own(const value_node& value, const named_type& type);
  void check_scalar(const value_node& value, const named_type& type);
  void check_enum(const value_node& value, const named_type& type);
  void refuse(std::string_view what, const value_node& value);

  context& context_;
  types types_;
  std::vector<variable_usage> usages_;
};

}  // namespace puff::graphql::internal
