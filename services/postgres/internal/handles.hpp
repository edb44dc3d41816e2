#pragma once

#include <memory>
#include <string>

/// libpq's PGconn and PGcancel.
struct pg_conn;
struct pg_cancel;

namespace puff::postgres::internal {

struct finish_connection {
  void operator()(pg_conn* connection) const noexcept;
};
using connection_handle = std::unique_ptr<pg_conn, finish_connection>;

struct free_cancel {
  void operator()(pg_cancel* cancel) const noexcept;
};
using cancel_handle = std::unique_ptr<pg_cancel, free_cancel>;

/// What libpq says about the last failure, without the line's end.
std::string failure_text(const pg_conn* connection);
/// Without line ends at its end.
std::string trimmed(std::string text);

}  // namespace puff::postgres::internal
