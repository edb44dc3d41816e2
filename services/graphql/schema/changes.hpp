#pragma once

#include <string>
#include <vector>

#include "services/graphql/schema/schema.hpp"

namespace puff::graphql {

enum class severity : std::uint8_t {
  breaking,   ///< operations that were valid may fail
  dangerous,  ///< they stay valid, but clients may meet what they do not expect
};

struct schema_change {
  severity weight{};
  std::string type;         ///< graphql-js' name of the kind, "FIELD_REMOVED"
  std::string description;  ///< "User.name was removed."
};

/// What a client of the old schema may notice under the new one, in graphql-js' words and order.
std::vector<schema_change> find_changes(const schema& before, const schema& after);

}  // namespace puff::graphql
