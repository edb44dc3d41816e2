#pragma once

#include <string>
#include <string_view>

namespace puff::bridge {

/// Logs the Python exception that is set, with its traceback, once, and clears it. `where` says
/// what was being done: "GET /path", "greenlet worker-3". Even SystemExit is only logged.
void report_exception(std::string_view where);

/// The traceback text of the exception that is set, which is cleared. For one-line errors: the last
/// line alone.
enum class traceback { whole, last_line };
std::string take_exception_text(traceback how);

/// Whether the exception that is set is puff.errors.Cancelled.
bool is_cancelled();

}  // namespace puff::bridge
