#pragma once

#include <string>
#include <string_view>

#include "schemas/pubsub.hpp"

namespace puff::internal {

/// A message, or a gap, as JSON for a browser: {"channel", "text", "from", "position"} or {"gap":
/// {"lost", "interrupted"}}. Bytes that are not UTF-8 become U+FFFD.
std::string channel_json(const pubsub_item& item);

/// The same as a server-sent event, with the position as its id.
std::string channel_event(const pubsub_item& item);

/// `pattern` with each "{name}" replaced by `value_of(name)`.
template <class Lookup>
std::string expanded(std::string_view pattern, Lookup value_of) {
  std::string out;
  while (!pattern.empty()) {
    const auto open = pattern.find('{');
    const auto close = open == std::string_view::npos ? open : pattern.find('}', open);
    out += pattern.substr(0, close == std::string_view::npos ? close : open);
    if (close == std::string_view::npos) break;
    out += value_of(pattern.substr(open + 1, close - open - 1));
    pattern.remove_prefix(close + 1);
  }
  return out;
}

/// The value of a parameter of a query, decoded; empty if there is none.
std::string query_value(std::string_view query, std::string_view name);

}  // namespace puff::internal
