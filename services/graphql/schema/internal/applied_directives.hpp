#pragma once

#include "services/graphql/language/document.hpp"

namespace puff::graphql::internal {

/// The first use of @specifiedBy or @deprecated in a text whose argument is no string; empty if
/// there is none. Others' directives are theirs to judge.
graphql_errors check_applied(const document& doc);

}  // namespace puff::graphql::internal
