#pragma once

#include <memory>

#include "services/graphql/execute/execution.hpp"
#include "services/graphql/execute/subscription.hpp"

namespace puff::graphql::internal {

class outside_inputs;

// Have the values of a request parsed outside, and then begin what they are for. A value that is
// wrong refuses the request: nothing has run by then. The time limit holds for the parsing too.

std::shared_ptr<execution> execute_parsed(execution_request request,
                                          std::shared_ptr<const outside_inputs> inputs,
                                          response_ready done);
std::shared_ptr<subscription> subscribe_parsed(execution_request request,
                                               std::shared_ptr<const outside_inputs> inputs,
                                               subscription_calls calls);

}  // namespace puff::graphql::internal
