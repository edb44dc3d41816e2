#include "services/postgres/internal/handles.hpp"

#include <libpq-fe.h>

namespace puff::postgres::internal {

void finish_connection::operator()(pg_conn* connection) const noexcept { PQfinish(connection); }

void free_cancel::operator()(pg_cancel* cancel) const noexcept { PQfreeCancel(cancel); }

std::string failure_text(const pg_conn* connection) { return trimmed(PQerrorMessage(connection)); }

std::string trimmed(std::string text) {
  text.erase(text.find_last_not_of('\n') + 1);
  return text;
}

}  // namespace puff::postgres::internal
