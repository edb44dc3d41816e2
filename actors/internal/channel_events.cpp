#include "actors/internal/channel_events.hpp"

#include "services/http/path_params.hpp"
#include "services/telemetry/escape.hpp"

namespace puff::internal {

std::string channel_json(const pubsub_item& item) {
  std::string out;
  if (!item.message) {
    out += "{\"gap\":{\"lost\":" + std::to_string(item.gap.lost) + ",\"interrupted\":";
    return out.append(item.gap.interrupted ? "true}}" : "false}}");
  }
  const auto& message = *item.message;
  out.reserve(message.body.size() + message.channel.size() + 96);
  out += "{\"channel\":";
  log::append_json(out, message.channel);
  out += ",\"text\":";
  log::append_json(out, message.body);
  out += ",\"from\":";
  log::append_json(out, message.from);
  out += ",\"position\":";
  if (message.position.empty())
    out += "null";
  else
    log::append_json(out, message.position);
  return out += '}';
}

std::string channel_event(const pubsub_item& item) {
  std::string out;
  if (!item.message) out += "event: gap\n";
  // Anybody may have published the position: what would end the line is no position.
  if (item.message && !item.message->position.empty() &&
      item.message->position.find_first_of("\r\n") == std::string::npos)
    out += "id: " + item.message->position + "\n";
  return out + "data: " + channel_json(item) + "\n\n";
}

std::string query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
      return http::percent_decoded(pair.substr(name.size() + 1));
  }
  return {};
}

}  // namespace puff::internal
