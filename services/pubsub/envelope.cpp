#include "services/pubsub/envelope.hpp"

#include <optional>

namespace puff::pubsub {
namespace {

constexpr std::string_view head{"\0puff1:", 7};
constexpr std::string_view kept_head{"\0puff2:", 7};

/// Cuts off what stands before the next NUL, if that is not too far.
std::optional<std::string_view> cut(std::string_view& rest, std::size_t most) {
  const auto end = rest.substr(0, most + 1).find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  const auto word = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return word;
}

}  // namespace

bool is_sender(std::string_view from) noexcept {
  return from.size() <= max_sender_bytes && from.find('\0') == std::string_view::npos;
}

std::string sealed(std::string_view from, std::string_view body) {
  // A body that looks like ours is sent as nobody's, so that it comes back as it is.
  const bool looks_sealed = body.starts_with(head) || body.starts_with(kept_head);
  if (from.empty() && !looks_sealed) return std::string{body};
  std::string payload;
  payload.reserve(head.size() + from.size() + 1 + body.size());
  payload.append(head).append(from).append(1, '\0').append(body);
  return payload;
}

envelope opened(std::string_view payload) noexcept {
  const bool kept = payload.starts_with(kept_head);
  if (!kept && !payload.starts_with(head)) return {{}, payload, {}};
  auto rest = payload.substr(head.size());
  const auto from = cut(rest, max_sender_bytes);
  const auto where =
      from && kept ? cut(rest, max_position_bytes) : std::optional{std::string_view{}};
  if (!from || !where) return {{}, payload, {}};
  return {*from, rest, *where};
}

}  // namespace puff::pubsub
