#pragma once

#include <initializer_list>
#include <string>
#include <unordered_map>
#include <vector>

#include "services/graphql/schema/internal/default_checks.hpp"
#include "services/graphql/schema/schema.hpp"

namespace puff::graphql::internal {

/// One run over a schema that collects its breaches of the specification.
class schema_checks {
 public:
  explicit schema_checks(const schema& s) : schema_(s) {}
  graphql_errors run() &&;

 private:
  using places = std::vector<written_at>;

  void check_roots();
  void check_directives();
  void check_types();
  void check_name(const std::string& name, const written_at& syntax);
  void check_fields(const named_type& type);
  void check_argument(const std::string& owner, const input_value& argument);
  void check_interfaces(const named_type& type);
  void check_ancestors(const named_type& type, const named_type& interface);
  void check_implements(const named_type& type, const named_type& interface);
  void check_field_arguments(const named_type& type, const field& own, const named_type& interface,
                             const field& wanted);
  void check_members(const named_type& type);
  void check_values(const named_type& type);
  void check_input_fields(const named_type& type);
  void check_one_of(const named_type& type, const input_value& f);
  void check_cycles(const named_type& type);
  void check_default(const std::string& name, const input_value& value);
  void check_expansion(const named_type& type);

  written_at root_syntax(operation_type operation) const;
  static places all_syntax(const named_type& type);
  static places implements_syntax(const named_type& type, const named_type& interface);
  static places member_syntax(const named_type& type, std::string_view member);
  static written_at type_syntax(const written_at& at);
  static written_at default_syntax(const written_at& at);
  static written_at deprecated_syntax(const written_at& at);
  void report(std::string message, const places& where);

  const schema& schema_;
  graphql_errors errors_;
  // Input objects that refer to themselves through non-null fields.
  std::vector<bool> visited_;
  std::unordered_map<const named_type*, std::size_t> path_index_;
  std::vector<const input_value*> path_;
  default_expansion expansion_;
};

}  // namespace puff::graphql::internal
