#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "bridge/graphql/kept_object.hpp"
#include "services/graphql/execute/outside_parser.hpp"

namespace puff::bridge::graphql {

/// The `parse` functions of a schema's own scalars. All values of a request are one call on the
/// greenlet thread, or here and now where no loop runs.
class python_inputs final : public puff::graphql::outside_parser {
 public:
  /// By the names of the scalars; not empty.
  explicit python_inputs(std::unordered_map<std::string, kept_object> functions)
      : functions_(std::move(functions)) {}

  void parse(std::vector<std::shared_ptr<puff::graphql::outside_value>> values,
             puff::graphql::reply<std::optional<std::string>> done) override;

 private:
  const std::unordered_map<std::string, kept_object> functions_;
};

}  // namespace puff::bridge::graphql
