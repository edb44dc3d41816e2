#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "schemas/header_block.hpp"
#include "schemas/sql.hpp"

namespace puff {

/// Names one call or subscription of the process for good; 0 names none. From any thread.
using graphql_ticket = std::uint64_t;
graphql_ticket next_graphql_ticket() noexcept;

/// An operation for a schema, on behalf of somebody.
struct graphql_call {
  graphql_ticket ticket = 0;  ///< to stop it by; 0: it cannot be stopped
  std::string query;
  std::optional<std::string> operation_name;
  std::string variables;  ///< JSON of an object; empty: none
  header_block headers;   ///< of the HTTP request that it came by
  std::optional<std::string> token;
  /// A leased session that all its SQL runs on, as it is: no transaction is begun or ended. 0: of
  /// the schema's pool whatever is free.
  session_id session = 0;
  /// The `[[postgres]]` pool of `session`; none: the schema's.
  std::optional<std::string> database;
};

/// How a call went, as far as its maker treats it differently.
enum class graphql_outcome : std::uint8_t {
  executed,  ///< there is data, perhaps null, perhaps with errors of fields
  opened,    ///< a subscription: its events follow; there is no body
  refused,   ///< it was not executed: syntax, validation, variables, operation
  denied,    ///< its maker may not
  timed_out,
  too_large,  ///< the response
  cancelled,
  failed,  ///< the authorization could not be had
};

struct graphql_answer {
  graphql_outcome how = graphql_outcome::executed;
  std::string body;  ///< JSON of a GraphQL response
};

/// What a subscription tells, in order.
struct graphql_event {
  bool last = false;    ///< nothing follows; with a body if it ended by an error
  graphql_answer what;  ///< of an event, or why it ended
};

/// Who gets a subscription's events. Called on the resolver's thread; must neither wait nor throw.
/// After an event nothing comes until it was acknowledged by `taken_atom`; only the end may.
class graphql_subscriber {
 public:
  virtual ~graphql_subscriber() = default;
  virtual void tell(graphql_event event) = 0;
};

}  // namespace puff
