#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace puff::graphql {

/// The most characters that a number takes in JSON.
constexpr std::size_t max_number_text = 32;

// These write a number at `out`, which has room for `max_number_text`, and return its end.
char* write_integer(char* out, std::int64_t v) noexcept;
/// As JavaScript writes it: the fewest digits that read back as the same number, "1" for 1.0,
/// "1e+21", "1e-7". `v` is finite.
char* write_real(char* out, double v) noexcept;
/// The text in quotes, at most 6 * text.size() + 2 characters. What is not UTF-8 passes unchanged.
char* write_quoted(char* out, std::string_view text) noexcept;
/// The same without the quotes.
char* write_escaped(char* out, std::string_view text) noexcept;

void append_integer(std::string& out, std::int64_t v);
/// "null" for what is not finite, as JavaScript does.
void append_real(std::string& out, double v);
void append_quoted(std::string& out, std::string_view text);
std::string quoted(std::string_view text);

}  // namespace puff::graphql
