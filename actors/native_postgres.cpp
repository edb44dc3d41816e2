#include "actors/native_postgres.hpp"

#include <caf/send.hpp>

#include "actors/native_ask.hpp"
#include "services/postgres/result_view.hpp"

namespace puff {
namespace {

namespace asio = boost::asio;
using postgres::result_kind;
using postgres::result_view;
using std::chrono::milliseconds;

constexpr std::chrono::seconds grace{1};  // for an answer that is on its way at the deadline

expected<resource<postgres_pool_actor>> pool_of(node& over, const std::string& name) {
  auto found = pool_named(over.postgres_pools(), name, "PostgreSQL pool", "postgres");
  if (!found) return std::move(found.error());
  return found->pool;
}

sql_request bound(session_id session, std::string statement, std::vector<sql_value> values) {
  sql_request out;
  out.session = session;
  out.what = sql_request::kind::bound;
  out.text = std::move(statement);
  auto& set = out.sets.emplace_back();
  for (auto& each : values) set.values.push_back(std::move(each).take());
  return out;
}

/// The rows, or what the server said against it.
expected<sql_rows> rows_of(sql_reply reply) {
  if (reply.results.size() != 1)
    return make_error(ec::internal, "one statement was answered by " +
                                        std::to_string(reply.results.size()) + " results");
  const result_view seen{reply.results.front()};
  if (seen.kind() == result_kind::error)
    return make_error(ec::server_error, std::string{seen.error_field('C')} + ": " +
                                            std::string{seen.error_field('M')});
  if (seen.kind() == result_kind::copy_in || seen.kind() == result_kind::copy_out)
    return make_error(ec::unsupported, "COPY is not done by execute");
  return sql_rows{std::move(reply.results.front())};
}

asio::awaitable<expected<sql_rows>> ask_pool(node& over, std::string pool, sql_request request,
                                             milliseconds within) {
  auto executor = co_await asio::this_coro::executor;
  auto home = home_of(over, executor);
  if (!home) co_return std::move(home.error());
  auto found = pool_of(over, pool);
  if (!found) co_return std::move(found.error());
  request.deadline = (*home)->now() + within;
  sql_request_parcel sent{std::move(request)};
  auto asked = native_ask<sql_reply_parcel>(**home, *found, within + grace, run_atom::value, sent);
  auto reply = co_await std::move(asked);
  if (!reply) co_return std::move(reply.error());
  co_return rows_of(reply->take());
}

}  // namespace

sql_rows::sql_rows(sql_result of) : result_(std::move(of)) {}

std::size_t sql_rows::size() const noexcept {
  return static_cast<std::size_t>(result_view{result_.get()}.rows());
}

std::size_t sql_rows::columns() const noexcept {
  return static_cast<std::size_t>(result_view{result_.get()}.columns());
}

std::string_view sql_rows::column_name(std::size_t column) const noexcept {
  if (column >= columns()) return {};
  return result_view{result_.get()}.column_name(static_cast<int>(column));
}

std::optional<std::size_t> sql_rows::column(std::string_view name) const noexcept {
  for (std::size_t i = 0; i < columns(); ++i)
    if (column_name(i) == name) return i;
  return {};
}

std::optional<std::string_view> sql_rows::at(std::size_t row, std::size_t column) const noexcept {
  if (row >= size() || column >= columns()) return {};
  const result_view seen{result_.get()};
  const auto r = static_cast<int>(row), c = static_cast<int>(column);
  if (seen.is_null(r, c)) return {};
  return seen.value(r, c);
}

std::optional<std::string_view> sql_rows::at(std::size_t row,
                                             std::string_view name) const noexcept {
  auto found = column(name);
  return found ? at(row, *found) : std::nullopt;
}

std::string_view sql_rows::tag() const noexcept { return result_view{result_.get()}.command_tag(); }

native_transaction::native_transaction(node& over, std::string pool, session_id session,
                                       milliseconds within)
    : node_(&over), pool_(std::move(pool)), session_(session), within_(within) {}

native_transaction::native_transaction(native_transaction&& other) noexcept
    : node_(other.node_),
      pool_(std::move(other.pool_)),
      session_(std::exchange(other.session_, 0)),
      within_(other.within_) {}

native_transaction::~native_transaction() { give_back(); }

void native_transaction::give_back() noexcept {
  const auto session = std::exchange(session_, 0);
  if (session == 0) return;
  auto found = pool_of(*node_, pool_);
  auto pool = found ? found->get() : std::nullopt;
  if (pool) caf::anon_send(*pool, return_atom::value, session);
}

asio::awaitable<expected<sql_rows>> native_transaction::run(std::string statement,
                                                            std::vector<sql_value> values) {
  if (session_ == 0) co_return make_error(ec::bad_argument, "the transaction has ended");
  auto request = bound(session_, std::move(statement), std::move(values));
  auto asked = ask_pool(*node_, pool_, std::move(request), within_);
  co_return co_await std::move(asked);
}

asio::awaitable<error> native_transaction::end(std::string verb) {
  auto asked = run(verb, {});
  auto outcome = co_await std::move(asked);
  give_back();
  if (!outcome) co_return std::move(outcome.error());
  if (outcome->tag() != verb)
    co_return make_error(ec::server_error,
                         "a statement had failed: the transaction was rolled back");
  co_return error{};
}

asio::awaitable<expected<sql_rows>> native_postgres::run(native_postgres self,
                                                         std::string statement,
                                                         std::vector<sql_value> values) {
  auto request = bound(0, std::move(statement), std::move(values));
  auto asked = ask_pool(*self.node_, self.pool_, std::move(request), self.within_);
  co_return co_await std::move(asked);
}

asio::awaitable<expected<native_transaction>> native_postgres::lease(native_postgres self) {
  auto executor = co_await asio::this_coro::executor;
  auto home = home_of(*self.node_, executor);
  if (!home) co_return std::move(home.error());
  auto found = pool_of(*self.node_, self.pool_);
  if (!found) co_return std::move(found.error());
  sql_lease_wish wish{sql_lease{"a transaction in C++", {}, (*home)->now() + self.within_}};
  auto asked =
      native_ask<sql_leased>(**home, *found, self.within_ + grace, lease_atom::value, wish);
  auto lent = co_await std::move(asked);
  if (!lent) co_return std::move(lent.error());
  native_transaction begun{*self.node_, self.pool_, lent->take().id, self.within_};
  auto first = begun.execute("BEGIN");
  auto outcome = co_await std::move(first);
  if (!outcome) co_return std::move(outcome.error());
  co_return std::move(begun);
}

}  // namespace puff
