#include "services/graphql/transport/media_type.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace puff::graphql {
namespace {

constexpr std::string_view graphql_response_type = "application/graphql-response+json";
constexpr std::string_view json_type = "application/json";
constexpr std::string_view events_type = "text/event-stream";
constexpr std::string_view multipart = "multipart/mixed";

std::string_view trimmed(std::string_view text) {
  constexpr auto blanks = " \t";
  const auto from = text.find_first_not_of(blanks);
  if (from == text.npos) return {};
  return text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

/// Takes what stands before `separator` off the front of `text`, outside of quotes.
std::string_view next_part(std::string_view& text, char separator) {
  bool quoted = false;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '"') quoted = !quoted;
    if (!quoted && text[at] == separator) break;
  }
  const auto part = trimmed(text.substr(0, at));
  text.remove_prefix(std::min(at + 1, text.size()));
  return part;
}

/// The value of a parameter of a media range; empty if it has none.
std::string parameter(std::string_view parameters, std::string_view name) {
  while (!parameters.empty()) {
    auto value = next_part(parameters, ';');
    const auto key = next_part(value, '=');
    if (lower(key) != name) continue;
    value = trimmed(value);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    return lower(value);
  }
  return {};
}

struct media_range {
  std::string type;
  double quality = 1;
};

media_range parse_range(std::string_view text) {
  media_range out;
  out.type = lower(next_part(text, ';'));
  const auto quality = parameter(text, "q");
  const auto charset = parameter(text, "charset");
  if (!quality.empty())
    std::from_chars(quality.data(), quality.data() + quality.size(), out.quality);
  if (!charset.empty() && charset != "utf-8" && charset != "utf8") out.quality = 0;
  return out;
}

/// How well a type suits ranges: the most specific range that covers it counts.
class suitability {
 public:
  explicit suitability(std::string_view type) : type_(type) {}

  void consider(const media_range& range) {
    const int specific = range.type == type_             ? 3
                         : range.type == "application/*" ? 2
                         : range.type == "*/*"           ? 1
                                                         : 0;
    if (specific == 0 || specific < specific_) return;
    specific_ = specific;
    quality_ = range.quality;
  }
  double quality() const noexcept { return quality_; }
  bool named() const noexcept { return specific_ == 3; }

 private:
  std::string_view type_;
  int specific_ = 0;
  double quality_ = 0;
};

}  // namespace

std::optional<response_media> choose_media(std::string_view accept) {
  if (trimmed(accept).empty() || accept == "*/*" || accept == json_type)
    return response_media::json;
  suitability by_specification{graphql_response_type}, by_tradition{json_type};
  while (!accept.empty()) {
    const auto range = parse_range(next_part(accept, ','));
    by_specification.consider(range);
    by_tradition.consider(range);
  }
  if (by_specification.quality() <= 0 && by_tradition.quality() <= 0) return std::nullopt;
  const bool better = by_specification.quality() > by_tradition.quality();
  const bool as_good = by_specification.quality() == by_tradition.quality();
  return better || (as_good && by_specification.named()) ? response_media::graphql_response
                                                         : response_media::json;
}

bool accepts_events(std::string_view accept) {
  if (accept.size() < events_type.size()) return false;
  while (!accept.empty()) {
    const auto range = parse_range(next_part(accept, ','));
    if (range.type == events_type && range.quality > 0) return true;
  }
  return false;
}

incremental_format accepted_increments(std::string_view accept) {
  while (!accept.empty()) {
    auto parameters = next_part(accept, ',');
    const auto range = parse_range(parameters);
    if ((range.type != multipart && range.type != events_type) || range.quality <= 0) continue;
    next_part(parameters, ';');
    const auto older = parameter(parameters, "deferspec");
    const auto newer = parameter(parameters, "incrementalspec");
    if (newer == "v0.2" || (newer.empty() && older.empty())) return incremental_format::by_id;
    if (older == "20220824") return incremental_format::by_path;
  }
  return incremental_format::none;
}

std::string_view multipart_type_of(incremental_format format) noexcept {
  return format == incremental_format::by_path
             ? "multipart/mixed; boundary=\"-\"; deferSpec=20220824"
             : "multipart/mixed; boundary=\"-\"; incrementalSpec=v0.2";
}

media_type parse_media_type(std::string_view content_type) {
  media_type out;
  out.type = lower(next_part(content_type, ';'));
  out.charset = parameter(content_type, "charset");
  return out;
}

std::string_view content_type_of(response_media media) noexcept {
  return media == response_media::json ? "application/json; charset=utf-8"
                                       : "application/graphql-response+json; charset=utf-8";
}

}  // namespace puff::graphql
