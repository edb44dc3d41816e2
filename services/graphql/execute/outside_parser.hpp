#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/graphql/execute/reply.hpp"
#include "services/graphql/values/value.hpp"

namespace puff::graphql {

/// Parses the input values of a schema's scalars whose functions run on other threads, all those of
/// a request at once.
class outside_parser {
 public:
  virtual ~outside_parser() = default;
  /// Gives each value its `parsed` or what is `wrong` with it, and then answers on the execution's
  /// thread, perhaps before this returns; with a reason if it could not do so. None is null.
  virtual void parse(std::vector<std::shared_ptr<outside_value>> values,
                     reply<std::optional<std::string>> done) = 0;
};

}  // namespace puff::graphql
