#pragma once

#include <memory>
#include <optional>

#include "services/graphql/execute/execution.hpp"
#include "services/graphql/execute/resolver.hpp"

namespace puff::graphql::internal {

/// The call of a subscription's root field. Valid as long as the request that it was made of.
class root_call {
 public:
  /// Null, with the reason, if the field has no stream or its arguments are wrong.
  static std::unique_ptr<root_call> make(const execution_request& request, response& refusal);

  const field_call& call() const noexcept { return *call_; }
  const std::shared_ptr<stream_resolver>& stream() const noexcept { return stream_; }

  /// The response of a subscription that ends by this.
  static response refuse(const execution_request& request, const field_failure& why,
                         std::vector<location> places = {});

 private:
  std::shared_ptr<stream_resolver> stream_;
  value_object arguments_;
  layer_memory memory_;
  row_set_ptr root_;
  std::optional<field_call> call_;
};

}  // namespace puff::graphql::internal
