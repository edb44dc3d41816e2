#pragma once

#include <boost/asio/awaitable.hpp>
#include <charconv>
#include <chrono>
#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schemas/error.hpp"
#include "schemas/sql.hpp"

namespace puff {

class node;

/// What a statement binds to one of $1, $2, ..: a text that PostgreSQL reads by the parameter's
/// type, or NULL.
class sql_value {
 public:
  sql_value(std::nullopt_t) {}
  sql_value(bool given) : text_(given ? "t" : "f") {}
  sql_value(std::integral auto given) : text_(std::to_string(given)) {}
  sql_value(std::floating_point auto given) : text_(shortest(given)) {}
  sql_value(std::convertible_to<std::string_view> auto const& given)
      : text_(std::string{std::string_view{given}}) {}
  template <class T>
  sql_value(const std::optional<T>& given) {
    if (given) text_ = sql_value(*given).text_;
  }

  std::optional<std::string> take() && { return std::move(text_); }

 private:
  static std::string shortest(double given) {
    std::string text(32, '\0');
    auto end = std::to_chars(text.data(), text.data() + text.size(), given).ptr;
    text.resize(static_cast<std::size_t>(end - text.data()));
    return text;
  }

  std::optional<std::string> text_;
};

/// What a statement answered: its rows, as PostgreSQL writes values. Copies share them.
class sql_rows {
 public:
  explicit sql_rows(sql_result of);

  std::size_t size() const noexcept;
  bool empty() const noexcept { return size() == 0; }
  std::size_t columns() const noexcept;
  std::string_view column_name(std::size_t column) const noexcept;
  /// The place of a column; the first of that name. Nothing if there is none.
  std::optional<std::size_t> column(std::string_view name) const noexcept;

  /// Nothing for NULL, and for a row or column that is not there. Valid as long as any copy is.
  std::optional<std::string_view> at(std::size_t row, std::size_t column) const noexcept;
  std::optional<std::string_view> at(std::size_t row, std::string_view column) const noexcept;

  /// What was done: "INSERT 0 1", "SELECT 5".
  std::string_view tag() const noexcept;

 private:
  std::shared_ptr<pg_result> result_;
};

/// A transaction on a session of its own. What was not committed when it ends is rolled back. One
/// coroutine uses it.
class native_transaction {
 public:
  native_transaction(node& over, std::string pool, session_id session,
                     std::chrono::milliseconds within);
  native_transaction(native_transaction&& other) noexcept;
  native_transaction& operator=(native_transaction&&) = delete;
  ~native_transaction();

  /// As `native_postgres::execute`. After a statement that failed only a rollback is possible.
  template <class... Values>
  boost::asio::awaitable<expected<sql_rows>> execute(std::string statement, Values&&... values) {
    std::vector<sql_value> all;
    (all.emplace_back(std::forward<Values>(values)), ...);
    return run(std::move(statement), std::move(all));
  }
  /// Afterwards the session is given back. An error of a commit that was sent leaves open whether
  /// it was done, unless it is a `server_error`, which says that it was not.
  boost::asio::awaitable<error> commit() { return end("COMMIT"); }
  boost::asio::awaitable<error> rollback() { return end("ROLLBACK"); }

 private:
  boost::asio::awaitable<expected<sql_rows>> run(std::string statement,
                                                 std::vector<sql_value> values);
  boost::asio::awaitable<error> end(std::string verb);
  void give_back() noexcept;

  node* node_;
  std::string pool_;
  session_id session_;
  std::chrono::milliseconds within_;
};

/// A PostgreSQL pool of the node, as a coroutine on an io thread uses it. Cheap to copy.
class native_postgres {
 public:
  /// Runs one statement with $1, $2, .. bound to the values, autocommitted, pipelined with those of
  /// others: `execute("SELECT name FROM users WHERE id = $1", 7)`. Errors: `server_error` with the
  /// SQLSTATE and the server's words, `bad_argument`, `not_found` if the node has no such pool,
  /// `timed_out` (it is cancelled on the server), `unavailable`, `connection_lost`.
  template <class... Values>
  boost::asio::awaitable<expected<sql_rows>> execute(std::string statement,
                                                     Values&&... values) const {
    std::vector<sql_value> all;
    (all.emplace_back(std::forward<Values>(values)), ...);
    return run(*this, std::move(statement), std::move(all));
  }
  /// The same for values that are counted at run time.
  boost::asio::awaitable<expected<sql_rows>> execute(std::string statement,
                                                     std::vector<sql_value> values) const {
    return run(*this, std::move(statement), std::move(values));
  }
  /// Leases a session and begins a transaction.
  boost::asio::awaitable<expected<native_transaction>> begin() const { return lease(*this); }

  /// The same pool with another deadline for each statement and lease; 30 seconds if not said.
  native_postgres within(std::chrono::milliseconds time) const {
    auto other = *this;
    other.within_ = time;
    return other;
  }

 private:
  friend class native_context;
  native_postgres(node& over, std::string pool) : node_(&over), pool_(std::move(pool)) {}
  static boost::asio::awaitable<expected<sql_rows>> run(native_postgres self, std::string statement,
                                                        std::vector<sql_value> values);
  static boost::asio::awaitable<expected<native_transaction>> lease(native_postgres self);

  node* node_;
  std::string pool_;
  std::chrono::milliseconds within_ = std::chrono::seconds{30};
};

}  // namespace puff
