#pragma once

#include "services/graphql/plan/plan.hpp"

namespace puff::graphql {

/// Whether the events of a subscription, executed with equal variables, are equal for whoever has
/// subscribed, so that one execution may serve all of them.
///
/// This is the one place that decides it. It is so only if nothing that runs for an event could
/// know the client: the root field's stream says that its events are the same for all whom it lets
/// in, and below it there are columns, constants and declared statements, whose parameters are
/// arguments, constants and the parents' keys. Any other code, a resolver or one that says the type
/// of an object, gets the request's context, so it makes the answer no, whatever it does with it.
/// Arguments that are parsed outside are each request's own.
/// What else a request may bring for its SQL, a session of its own, is for the caller to look at.
bool is_same_for_all(const operation_plan& plan) noexcept;

}  // namespace puff::graphql
