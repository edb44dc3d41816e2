#pragma once

#include <memory>
#include <optional>
#include <string>

#include "schemas/error.hpp"
#include "schemas/header_block.hpp"
#include "services/graphql/execute/reply.hpp"
#include "services/graphql/execute/resolver.hpp"

namespace puff::graphql {

/// Decides who may use a schema at all, and makes what its resolvers know of the asker. Asked once
/// for each request, and for each `connection_init` of a WebSocket.
class authorizer {
 public:
  virtual ~authorizer() = default;

  /// The context of the request's resolvers, perhaps null, or why it is refused: `bad_request` with
  /// a text for the client is a refusal, anything else a failure of the authorization, of which the
  /// client learns no more. A reply that is dropped refuses. Asked on the loop that the request is
  /// executed on, and answered there, perhaps later.
  virtual void authorize(const header_block& headers, const std::optional<std::string>& token,
                         reply<expected<std::shared_ptr<request_context>>> done) = 0;
};

}  // namespace puff::graphql
