#pragma once

#include "services/graphql/validation/internal/context.hpp"

namespace puff::graphql::internal {

/// Reports the first limit that the document exceeds, before any rule runs. True: there is one.
/// Fragments are measured once each, so the cost is linear in the document.
bool exceeds_limits(context& c);

}  // namespace puff::graphql::internal
