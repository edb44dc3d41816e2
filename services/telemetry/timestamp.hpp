#pragma once

#include <chrono>
#include <string>

namespace puff::log {

/// Appends "2026-01-31T23:59:59.123Z".
void append_iso_time(std::string& out, std::chrono::system_clock::time_point when);

/// Appends "31/Jan/2026:23:59:59 +0000", the form of access logs.
void append_clf_time(std::string& out, std::chrono::system_clock::time_point when);

}  // namespace puff::log
