#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace puff::http {

/// What the segments of a path matched: percent-decoded values by name, in order of the pattern.
class path_params {
 public:
  void add(std::string_view name, std::string value) {
    values_.emplace_back(name, std::move(value));
  }

  /// The value of `name`, or an empty view.
  std::string_view get(std::string_view name) const noexcept {
    for (const auto& [key, value] : values_)
      if (key == name) return value;
    return {};
  }
  std::size_t size() const noexcept { return values_.size(); }

 private:
  std::vector<std::pair<std::string, std::string>> values_;
};

/// Replaces %XX by its byte; a malformed sequence stays as it is.
std::string percent_decoded(std::string_view text);

}  // namespace puff::http
