#pragma once

#include <string>
#include <string_view>

/// Texts of clients and programs made safe to print.
namespace puff::log {

/// Appends `text` with control characters as \xHH; newline and tab stay if `lines`.
enum class keep : std::uint8_t { nothing, lines };
void append_printable(std::string& out, std::string_view text, keep what);

/// Appends `text` between double quotes that are escaped inside, as access logs have it: also
/// backslashes and control characters, in hexadecimal.
void append_quoted(std::string& out, std::string_view text);

/// Appends `text` as a JSON string, quotes included; bytes that are not UTF-8 become U+FFFD.
void append_json(std::string& out, std::string_view text);

}  // namespace puff::log
