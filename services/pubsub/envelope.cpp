#include "services/pubsub/envelope.hpp"

namespace puff::pubsub {
namespace {

constexpr std::string_view head{"\0puff1:", 7};

}  // namespace

bool is_sender(std::string_view from) noexcept {
  return from.size() <= max_sender_bytes && from.find('\0') == std::string_view::npos;
}

std::string sealed(std::string_view from, std::string_view body) {
  // A body that looks like ours is sent as nobody's, so that it comes back as it is.
  if (from.empty() && !body.starts_with(head)) return std::string{body};
  std::string payload;
  payload.reserve(head.size() + from.size() + 1 + body.size());
  payload.append(head).append(from).append(1, '\0').append(body);
  return payload;
}

envelope opened(std::string_view payload) noexcept {
  if (!payload.starts_with(head)) return {{}, payload};
  auto rest = payload.substr(head.size());
  auto end = rest.substr(0, max_sender_bytes + 1).find('\0');
  if (end == std::string_view::npos) return {{}, payload};
  return {rest.substr(0, end), rest.substr(end + 1)};
}

}  // namespace puff::pubsub
