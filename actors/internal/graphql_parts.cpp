// The half of `graphql_exchange` that answers in parts: what @defer and @stream leave for later, as
// multipart/mixed.
#include "actors/internal/graphql_exchange.hpp"

namespace puff::internal {
namespace {

constexpr std::string_view boundary = "\r\n---";

}  // namespace

void graphql_exchange::begin_parts() {
  in_parts_ = true;
  start_stream(graphql::multipart_type_of(question_.increments), boundary);
}

/// Each boundary follows its part at once, so that a client need not wait for the next one to know
/// that it is whole.
void graphql_exchange::write_part(std::string_view body, bool has_next) {
  const auto keep = shared_from_this();
  if (!in_parts_) begin_parts();
  std::string text = "\r\nContent-Type: application/json; charset=utf-8\r\n\r\n";
  text.append(body).append(boundary);
  text += has_next ? "" : "--\r\n";
  write(std::move(text));
  if (!has_next) return end_stream();
  held_ = true;
  drained(0);
}

}  // namespace puff::internal
