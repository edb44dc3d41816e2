#pragma once

#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

#include "schemas/error.hpp"
#include "services/telemetry/log_filter.hpp"

/// Messages for the operator. Every function may be called from every thread; a message is one
/// line, written at once. Until `configure`, messages from `info` up go to standard error as text.
///
///     log::info("http", "listening on {}", address);
namespace puff::log {

enum class format : std::uint8_t { text, json };

struct options {
  filter levels;
  format shape = format::text;
  std::FILE* stream = stderr;  ///< not owned; colour only if it is a terminal and NO_COLOR is unset
};

/// Takes effect for all threads at once. Meant for the start of the program; each call keeps some
/// hundred bytes for the rest of its life.
void configure(const options& o);

/// Whether a message of this level and module would be written.
bool enabled(level l, std::string_view module) noexcept;

/// Writes `message` as it is; control characters other than newline and tab are escaped.
void write(level l, std::string_view module, std::string_view message);

/// The same for a message that may come often: `key` names it, and within `interval` after one is
/// written others of the key are only counted. The next one tells how many there were.
void write_limited(level l, std::string_view module, std::string_view key,
                   std::chrono::milliseconds interval, std::string_view message);

/// Writes how many messages were only counted so far, and flushes. At the end of the program.
void flush();

/// Formats, unless nobody would see it. A failure of formatting is written in place of the message.
void write_formatted(level l, std::string_view module, fmt::string_view text,
                     fmt::format_args values);

template <class... Values>
void trace(std::string_view module, fmt::format_string<Values...> text, Values&&... values) {
  if (enabled(level::trace, module))
    write_formatted(level::trace, module, text, fmt::make_format_args(values...));
}

template <class... Values>
void debug(std::string_view module, fmt::format_string<Values...> text, Values&&... values) {
  if (enabled(level::debug, module))
    write_formatted(level::debug, module, text, fmt::make_format_args(values...));
}

template <class... Values>
void info(std::string_view module, fmt::format_string<Values...> text, Values&&... values) {
  if (enabled(level::info, module))
    write_formatted(level::info, module, text, fmt::make_format_args(values...));
}

template <class... Values>
void warning(std::string_view module, fmt::format_string<Values...> text, Values&&... values) {
  if (enabled(level::warning, module))
    write_formatted(level::warning, module, text, fmt::make_format_args(values...));
}

template <class... Values>
void error(std::string_view module, fmt::format_string<Values...> text, Values&&... values) {
  if (enabled(level::error, module))
    write_formatted(level::error, module, text, fmt::make_format_args(values...));
}

/// `write_limited` with formatting, once in ten seconds; the text before formatting is the key.
template <class... Values>
void limited(level l, std::string_view module, fmt::format_string<Values...> text,
             Values&&... values) {
  if (!enabled(l, module)) return;
  fmt::string_view key = text;
  write_limited(l, module, {key.data(), key.size()}, std::chrono::seconds{10},
                fmt::vformat(key, fmt::make_format_args(values...)));
}

}  // namespace puff::log
