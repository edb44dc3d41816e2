#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "services/graphql/schema/schema.hpp"

namespace puff::graphql::internal {

/// Whether a default's literal is a value of the type. Defaults of the fields that it leaves out
/// are their own affair.
bool fits(const value_node& literal, const type_ref& type);

/// Follows the defaults that defaults of input objects' fields bring in, so that no coercion is
/// endless or without measure.
class default_expansion {
 public:
  /// Values that one default may come to.
  static constexpr std::size_t most_values = 10'000;

  struct fault {
    std::string message;
    std::vector<written_at> where;
  };

  /// What is wrong with the defaults of this input object's fields, each fault once in a run.
  std::vector<fault> of_fields(const named_type& type);
  /// How many values a literal comes to; saturates.
  std::size_t values(const value_node& literal, const named_type& type);

 private:
  std::size_t of_absent(const named_type& owner, const input_value& field);
  void report_cycle(const std::string& name, std::size_t from);

  struct step {
    std::string name;
    written_at syntax;
  };
  std::unordered_map<const input_value*, std::size_t> known_;    // values of finished fields
  std::unordered_map<const input_value*, std::size_t> on_path_;  // where in path_ they are
  std::vector<step> path_;
  std::vector<fault> faults_;
};

}  // namespace puff::graphql::internal
