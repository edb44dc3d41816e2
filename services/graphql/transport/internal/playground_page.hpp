#pragma once

#include <string>
#include <string_view>

namespace puff::graphql::internal {

/// What the page may load and ask: nothing but its own server.
constexpr std::string_view playground_policy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self' ws: wss:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page; `assets` is the path of its files, with a slash at its end.
std::string playground_page(std::string_view assets, std::string_view endpoint,
                            std::string_view subscriptions);
/// The page where GraphiQL's files are not there.
std::string playground_missing(std::string_view files);
/// What starts GraphiQL on the page.
std::string_view playground_script() noexcept;

}  // namespace puff::graphql::internal
