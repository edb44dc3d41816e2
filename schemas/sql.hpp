#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// libpq's PGresult.
struct pg_result;

namespace puff {

/// One result of PostgreSQL as libpq made it; `services/postgres/result_view.hpp` reads it. It
/// travels whole: nothing is copied or converted before somebody asks for a row.
using sql_result = std::unique_ptr<pg_result, void (*)(pg_result*)>;

/// Names a leased session of a pool for good; 0 names none.
using session_id = std::uint64_t;

/// What one execution of a statement binds to $1, $2, ..
struct sql_values {
  std::vector<std::optional<std::string>> values;  ///< none is NULL
  std::vector<bool> binary;                        ///< of each value; empty: all are text
};

/// What a session shall do. A failure of a statement is a result, a failure of the connection an
/// error.
struct sql_request {
  enum class kind : std::uint8_t {
    simple,     ///< `text` as it is, perhaps several statements; a result for each
    bound,      ///< one statement with `sets[0]`, prepared once and kept
    batch,      ///< one statement with each of `sets`, pipelined, all or nothing; a result for each
    stream,     ///< like `simple`, its rows in pieces of `rows_per_piece`
    next,       ///< the next piece of a stream's rows or of the data of a COPY TO
    copy_data,  ///< `text` are bytes for a COPY FROM; answered when the server has taken them
    copy_end,   ///< the data is complete, or, if `text` is not empty, the COPY shall fail so
    drain,      ///< ends a stream or COPY that nobody reads to its end, whatever is left of it
    poll,       ///< nothing but what the server has sent by itself
    listen,     ///< like `poll`, but answers only when there is a notification
  };

  session_id session = 0;
  kind what = kind::simple;
  std::string text;
  /// Of `bound`: the same statement with literals for its values. It runs instead in transactions,
  /// where nothing is prepared, and when the server has refused the other one, so that what is
  /// wrong is told of this text.
  std::string literal_text;
  std::vector<std::uint32_t> types;  ///< OIDs of the parameters; empty or 0: the server decides
  std::vector<sql_values> sets;
  bool binary_results = false;
  std::uint32_t rows_per_piece = 1'000;
  std::chrono::steady_clock::time_point deadline{};  ///< what runs then is cancelled on the server
  std::uint64_t ticket = 0;                          ///< to abandon it by; unique in the process
  /// Of `bound`: BEGIN goes before it with one Sync for both, so that the statement never runs
  /// without its transaction. It needs no session: the reply lends the one that it ran on.
  bool opens_transaction = false;
  std::string holder;  ///< of that session, as in `sql_lease`
  /// The transaction's COMMIT or ROLLBACK, `bound`: its session is given back with it, and whoever
  /// waits to open the next transaction there need not wait for its answer.
  bool gives_back = false;
};

/// What the server sent by NOTIFY.
struct sql_notification {
  int backend_pid = 0;
  std::string channel, payload;
};

enum class transaction_status : std::uint8_t { idle, active, open, failed, unknown };  // libpq's

struct sql_session;

/// What a lease gives: what the session was like when its connection was opened.
struct sql_lent {
  session_id id = 0;
  std::shared_ptr<const sql_session> opened;
};

/// The answer to `sql_request`.
struct sql_reply {
  std::vector<sql_result> results;  ///< in order; the last may be an error
  std::string data;                 ///< of a COPY TO: whole rows
  bool more = false;                ///< a stream or COPY has not ended: ask `next`
  std::vector<sql_result> notices;
  std::vector<sql_notification> notifications;
  transaction_status transaction = transaction_status::unknown;
  int client_encoding = 6;       ///< libpq's number of it by now; 6 is UTF8
  bool standard_strings = true;  ///< a backslash in '..' is a backslash (by now)
  sql_lent lent;                 ///< of `opens_transaction`: where it is open, or has failed
};

/// A session as its holder sees it when asked to describe it.
struct sql_session {
  session_id id = 0;
  int backend_pid = 0;
  int server_version = 0;    ///< 150018
  int protocol_version = 0;  ///< 3
  bool uses_tls = false;
  bool needs_password = false, used_password = false;
  std::map<std::string, std::string> parameters;  ///< what the server reports: TimeZone, ..
  std::map<std::string, std::string> connection;  ///< libpq's keywords as they apply: host, ..
  std::map<std::string, std::string> tls;         ///< libpq's attributes: protocol, cipher, ..
  transaction_status transaction = transaction_status::unknown;
};

/// A wish for a session.
struct sql_lease {
  std::string holder;                                ///< who wants it, for messages to people
  std::optional<std::string> conninfo;               ///< a server that is not the pool's
  std::chrono::steady_clock::time_point deadline{};  ///< when the holder stops waiting
};

}  // namespace puff
