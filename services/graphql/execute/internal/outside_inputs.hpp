#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "services/graphql/execute/execution.hpp"
#include "services/graphql/language/graphql_error.hpp"
#include "services/graphql/plan/plan.hpp"
#include "services/graphql/values/value.hpp"

namespace puff::graphql::internal {

/// The values of one request that are parsed outside: where they are, in its variables and in
/// literals, and the arguments that they are part of.
class outside_inputs {
 public:
  outside_inputs(plan_ptr plan, const value_object& variables);

  bool empty() const noexcept { return uses_.empty(); }
  std::vector<std::shared_ptr<outside_value>> values() const;
  /// When they are parsed: what is wrong with them, in graphql-js' words. Literals are part of the
  /// document, so if any of these is wrong, variables are not spoken of.
  graphql_errors faults() const;
  /// The arguments of such a field; null if it has none.
  const result<value_object>* find(const plan_field& f) const;

 private:
  struct use {
    std::shared_ptr<outside_value> what;
    const node* at;            ///< the literal, or the variable's definition; null: a default
    std::string variable;      ///< its name; empty: a literal
    std::string literal_type;  ///< of the place of a literal
  };
  struct place;

  void add_variables(const value_object& variables);
  void add_arguments(const plan_field& f, const value_object& variables);
  void walk(const value& v, const place& here);
  void walk_list(const value& v, const place& here);
  void walk_object(const value& v, const place& here);
  void add(const std::shared_ptr<outside_value>& what, const place& here);
  graphql_error error_of(const use& which) const;

  const plan_ptr plan_;
  std::vector<use> uses_;
  std::unordered_set<const void*> seen_;  // values of variables, literals
  std::unordered_map<const plan_field*, result<value_object>> arguments_;
};

/// What of a request has still to be parsed outside; null: nothing.
std::shared_ptr<const outside_inputs> inputs_of(const execution_request& request);

/// The arguments of a field that is executed, or what is wrong with them.
result<value_object> arguments_of(const execution_request& request, const plan_field& f);

}  // namespace puff::graphql::internal
