#pragma once

#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace puff {

/// Why something failed, as far as a caller would react differently. Details for a person
/// (SQLSTATE, a server's text, a file name) travel as the error's context.
enum class ec : std::uint8_t {
  none,
  bad_argument,
  bad_config,
  not_found,
  timed_out,
  cancelled,
  overloaded,
  unavailable,
  broken_promise,
  shutting_down,
  bad_request,
  too_large,
  connection_lost,
  server_error,
  io_failed,
  python_failed,
  unsupported,
  internal,
};

/// One row of the error table: everything a boundary needs to project a code into its own terms.
struct error_row {
  ec code;
  std::string_view name;
  std::string_view text;  ///< what happened, for a person
  bool retryable;         ///< the same call may succeed later
  std::uint16_t http_status;
  std::uint8_t exit_code;
  std::string_view python_exception;  ///< a builtin's name, or a class of the package `puff`
};

using error = caf::error;
template <class T>
using expected = caf::expected<T>;

/// The row of `code`. Total: an unknown code gives the row of `ec::internal`.
const error_row& row_of(ec code) noexcept;

/// The code of any CAF error: ours as it is, CAF's own (`sec`, exit reasons) mapped to the nearest.
ec code_of(const error& e) noexcept;

/// "text: context" for a person.
std::string describe(const error& e);

/// The context alone, as given to `make_error`; empty if there was none.
std::string context_of(const error& e);

error make_error(ec code);
error make_error(ec code, std::string context);

}  // namespace puff
