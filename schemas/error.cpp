#include "schemas/error.hpp"

#include <array>
#include <caf/exit_reason.hpp>
#include <caf/message.hpp>
#include <caf/sec.hpp>

namespace puff {
namespace {

constexpr auto category = caf::atom("puff");

constexpr std::array<error_row, 18> table{{
    {ec::none, "none", "no error", false, 200, 0, ""},
    {ec::bad_argument, "bad_argument", "bad argument", false, 400, 2, "ValueError"},
    {ec::bad_config, "bad_config", "bad configuration", false, 500, 1, "ValueError"},
    {ec::not_found, "not_found", "not found", false, 404, 1, "LookupError"},
    {ec::timed_out, "timed_out", "deadline passed", true, 504, 1, "TimeoutError"},
    {ec::cancelled, "cancelled", "cancelled", false, 499, 1, "puff.Cancelled"},
    {ec::overloaded, "overloaded", "too much work is waiting", true, 503, 1, "puff.Overloaded"},
    {ec::unavailable, "unavailable", "resource is not available", true, 503, 1, "puff.Unavailable"},
    {ec::broken_promise, "broken_promise", "work was dropped without an answer", true, 500, 1,
     "puff.PuffError"},
    {ec::shutting_down, "shutting_down", "node is shutting down", true, 503, 1, "puff.Unavailable"},
    {ec::bad_request, "bad_request", "malformed request", false, 400, 1, "ValueError"},
    {ec::too_large, "too_large", "limit exceeded", false, 413, 1, "ValueError"},
    {ec::connection_lost, "connection_lost", "connection lost", true, 502, 1, "ConnectionError"},
    {ec::server_error, "server_error", "server answered with an error", false, 502, 1,
     "puff.PuffError"},
    {ec::io_failed, "io_failed", "input or output failed", false, 500, 1, "OSError"},
    {ec::python_failed, "python_failed", "Python code raised", false, 500, 1, "puff.PuffError"},
    {ec::unsupported, "unsupported", "not supported", false, 501, 1, "NotImplementedError"},
    {ec::internal, "internal", "internal error", false, 500, 1, "puff.PuffError"},
}};

constexpr bool table_is_in_order() {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (static_cast<std::size_t>(table[i].code) != i) return false;
  return static_cast<std::size_t>(ec::internal) + 1 == table.size();
}
static_assert(table_is_in_order());

}  // namespace

const error_row& row_of(ec code) noexcept {
  auto i = static_cast<std::size_t>(code);
  return table[i < table.size() ? i : table.size() - 1];
}

ec code_of(const error& e) noexcept {
  if (!e) return ec::none;
  if (e.category() == category) return static_cast<ec>(e.code());
  if (e.category() == caf::atom("system")) {
    switch (static_cast<caf::sec>(e.code())) {
      case caf::sec::request_timeout: return ec::timed_out;
      case caf::sec::request_receiver_down: return ec::unavailable;
      case caf::sec::unexpected_message: return ec::unsupported;
      default: return ec::internal;
    }
  }
  return e.category() == caf::atom("exit") ? ec::unavailable : ec::internal;
}

std::string context_of(const error& e) {
  if (!e || e.context().empty()) return {};
  if (e.context().size() == 1 && e.context().match_element<std::string>(0))
    return e.context().get_as<std::string>(0);
  return to_string(e.context());
}

std::string describe(const error& e) {
  std::string text{row_of(code_of(e)).text};
  if (auto context = context_of(e); !context.empty()) text += ": " + context;
  return text;
}

error make_error(ec code) { return {static_cast<std::uint8_t>(code), category}; }

error make_error(ec code, std::string context) {
  return {static_cast<std::uint8_t>(code), category, caf::make_message(std::move(context))};
}

}  // namespace puff
