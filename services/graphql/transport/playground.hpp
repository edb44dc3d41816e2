#pragma once

#include <filesystem>
#include <string>

#include "schemas/error.hpp"
#include "services/http/router.hpp"

namespace puff::graphql {

struct playground_options {
  std::string url;              ///< of the page
  std::string endpoint;         ///< path of queries and mutations
  std::string subscriptions;    ///< path of WebSockets; empty: subscriptions come as events
  std::filesystem::path files;  ///< GraphiQL's, packed by gzip; see deploy/graphiql.sh
};

/// Adds GraphiQL to `routes`: the page at its URL, its files at "assets/" below. The files are read
/// now and kept; the page asks no other server for anything, and its policy forbids it to. Where
/// they are missing the page says so, with 404. Errors: a path that is taken.
error add_playground(http::router& routes, const playground_options& options);

}  // namespace puff::graphql
