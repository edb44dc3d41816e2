#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "services/graphql/language/source.hpp"

namespace puff::graphql {

/// One step of a response path: a response key or an index of a list.
using path_step = std::variant<std::string, std::uint32_t>;

/// An entry of a response's `errors`, whoever found it: parser, validation or execution.
struct graphql_error {
  std::string message;
  std::vector<location> locations{};
  std::vector<path_step> path{};  ///< empty unless a field of an execution failed
  std::string extensions{};       ///< the text of a JSON object; empty if there are none

  bool operator==(const graphql_error&) const = default;
};

using graphql_errors = std::vector<graphql_error>;

/// A value, or at least one error. (`expected` of schemas/error.hpp has one code and one text;
/// GraphQL reports several errors with places.)
template <class T>
class [[nodiscard]] result {
 public:
  result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  result(graphql_errors errors) : held_(std::in_place_index<1>, std::move(errors)) {}
  result(graphql_error error) : result(graphql_errors{std::move(error)}) {}

  explicit operator bool() const noexcept { return held_.index() == 0; }
  T& operator*() & { return std::get<0>(held_); }
  const T& operator*() const& { return std::get<0>(held_); }
  T&& operator*() && { return std::get<0>(std::move(held_)); }
  T* operator->() { return &std::get<0>(held_); }
  const T* operator->() const { return &std::get<0>(held_); }
  /// Only if there is no value.
  const graphql_errors& errors() const& { return std::get<1>(held_); }
  graphql_errors&& errors() && { return std::get<1>(std::move(held_)); }

 private:
  std::variant<T, graphql_errors> held_;
};

}  // namespace puff::graphql
