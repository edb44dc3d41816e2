#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace puff::config {

/// A value of any key; the first alternative means "not set".
using value =
    std::variant<std::monostate, bool, std::int64_t, std::string, std::vector<std::string>>;

enum class value_kind : std::uint8_t { boolean, integer, text, list };

/// "boolean", "integer", "string", "array of strings".
std::string_view name_of(value_kind kind) noexcept;

/// As TOML writes it; "" if not set.
std::string to_toml(const value& v);

/// `text` as a basic TOML string, quotes included.
std::string toml_text(std::string_view text);

}  // namespace puff::config
