#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/graphql/plan/deferral.hpp"

namespace puff::graphql {

/// How a response is labelled. With `json` the HTTP status tells nothing of the request's errors,
/// as clients from before the GraphQL-over-HTTP specification expect.
enum class response_media : std::uint8_t { graphql_response, json };

/// What suits an Accept field best; none if nothing does. Without a field: `json`.
std::optional<response_media> choose_media(std::string_view accept);
/// Whether an Accept field names text/event-stream.
bool accepts_events(std::string_view accept);

/// How an Accept field wants what @defer and @stream leave for later: of multipart/mixed, or of
/// text/event-stream, the parameter deferSpec=20220824 asks for `by_path`, incrementalSpec=v0.2 or
/// none for `by_id`. `none` for other parameters, and without such a type.
incremental_format accepted_increments(std::string_view accept);
/// The Content-Type of a response in parts.
std::string_view multipart_type_of(incremental_format format) noexcept;

/// A Content-Type without its parameters but one, both in lower case.
struct media_type {
  std::string type;     ///< "application/json"
  std::string charset;  ///< empty: not said
};
media_type parse_media_type(std::string_view content_type);

/// The Content-Type of a response.
std::string_view content_type_of(response_media media) noexcept;

}  // namespace puff::graphql
