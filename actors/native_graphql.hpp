#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>

#include "actors/native_context.hpp"
#include "schemas/error.hpp"
#include "schemas/graphql.hpp"

namespace puff {

/// Executes a query or mutation of a schema of the node, on behalf of whom `what.headers` and
/// `what.token` name; its `auth` is asked. Whatever is wrong with the operation is in the answer,
/// whose body is a GraphQL response. Errors: `not_found` if the node has no such schema,
/// `bad_argument` elsewhere than on one of the node's loops, `unavailable` while it is down,
/// `timed_out`, after which it is stopped.
boost::asio::awaitable<expected<graphql_answer>> graphql_execute(
    native_context context, graphql_call what, std::string schema = "default",
    std::chrono::milliseconds within = std::chrono::seconds{60});

}  // namespace puff
