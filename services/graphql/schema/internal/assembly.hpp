#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "services/graphql/schema/internal/parts.hpp"
#include "services/graphql/schema/schema_builder.hpp"

namespace puff::graphql::internal {

/// Makes the parts of a schema out of specs: puts types in order, resolves names, fills the tables.
class assembly {
 public:
  assembly(schema::parts& out, std::vector<type_spec> types, std::vector<directive_spec> directives)
      : out_(out), specs_(std::move(types)), directive_specs_(std::move(directives)) {}

  /// What cannot be resolved; empty if the parts are complete.
  graphql_errors run(const std::array<std::optional<std::string>, 3>& roots);

 private:
  void add_built_in();
  void place_types(const std::array<std::optional<std::string>, 3>& roots);
  void reserve(std::size_t spec);
  void visit(std::string_view type_text);
  void visit(const std::vector<input_value_spec>& values);
  void visit_parts(const type_spec& spec);
  void place(std::size_t spec);
  void fill(named_type& type, type_spec& spec);
  void fill_fields(named_type& type, std::vector<field_spec>& specs);
  field make_field(field_spec& spec);
  input_value make_input(input_value_spec& spec);
  std::vector<input_value> make_inputs(std::vector<input_value_spec>& specs);
  std::vector<const named_type*> find_all(const std::vector<std::string>& names);
  const named_type* find(std::string_view name);
  type_ref resolve(const std::string& text);
  void make_directives();
  void number_introspection();
  void relate();
  void relate_interfaces(const named_type& type);
  void complain(std::string message) { errors_.push_back({std::move(message), {}, {}, {}}); }

  schema::parts& out_;
  std::vector<type_spec> specs_;
  std::size_t given_ = 0;  // of specs_; behind them are those that every schema has
  std::vector<directive_spec> directive_specs_;
  std::unordered_map<std::string_view, std::size_t> by_name_;  // into specs_
  std::vector<std::size_t> order_;                             // of specs_, as the schema has them
  std::unordered_set<std::string_view> waiting_, placed_;
  graphql_errors errors_;
};

}  // namespace puff::graphql::internal
