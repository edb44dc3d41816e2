// Statements that may run with bound values or with literals.
#include "services/postgres/connection.hpp"

#include "tests/unit/services/postgres/engine_fixture.hpp"

namespace puff::postgres {
namespace {

struct postgres_literals : engine_fixture {
  /// An integer both ways.
  static sql_request either(const std::string& before, const std::string& value) {
    auto request = bound(before + "$1", {value});
    request.types = {23};
    request.literal_text = before + value;
    return request;
  }
  std::string run_either(connection& c, const std::string& before, const std::string& value) {
    return ask(c, either(before, value))->text();
  }
  std::string prepared(connection& c) {
    return simple(c, "SELECT count(*) FROM pg_prepared_statements");
  }
};

TEST_F(postgres_literals, AreNotUsedOutsideTransactions) {
  auto c = connect();
  for (const auto* value : {"1", "2", "3"})
    EXPECT_EQ(run_either(*c, "SELECT 1 WHERE 2 = ", value), std::string{value} == "2" ? "1" : "");
  EXPECT_EQ(prepared(*c), "1");
}

TEST_F(postgres_literals, AreUsedInTransactions) {
  auto c = connect();
  simple(*c, "BEGIN");
  EXPECT_EQ(run_either(*c, "SELECT 1 WHERE 2 = ", "2"), "1");
  EXPECT_EQ(prepared(*c), "0");
  EXPECT_EQ(run_either(*c, "SELECT nothing WHERE 2 = ", "2"), "42703");
  EXPECT_EQ(simple(*c, "ROLLBACK"), "ROLLBACK");
}

TEST_F(postgres_literals, AreUsedWhereNothingIsPrepared) {
  auto options = connection_options{.conninfo = server().conninfo()};
  options.statement_cache = 0;
  auto c = connect(options);
  EXPECT_EQ(run_either(*c, "SELECT current_query() WHERE 2 = ", "2"),
            "SELECT current_query() WHERE 2 = 2");
}

TEST_F(postgres_literals, TellWhatIsWrongInTheirOwnText) {
  auto c = connect();
  auto refused = ask(*c, either("SELECT missing FROM pg_class WHERE 2 = ", "12345"));
  ASSERT_EQ(refused->text(), "42703");
  result_view error{refused->reply().results[0]};
  EXPECT_EQ(error.error_field('P'), "8");
  EXPECT_THAT(std::string{error.error_text()}, testing::HasSubstr("WHERE 2 = 12345"));
}

TEST_F(postgres_literals, AreUsedForGoodOnceTheServerRefusedToPrepare) {
  auto c = connect();
  auto request = either("", "1");
  request.text = "SELECT nothing FROM nowhere WHERE 1 = $1";
  request.literal_text = "SELECT current_query()";
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(*c, request)->text(), "SELECT current_query()");
  EXPECT_EQ(prepared(*c), "0");
}

TEST_F(postgres_literals, AreUsedWhereTheTablesHaveChanged) {
  auto c = connect();
  simple(*c, "CREATE TEMP TABLE t (a int, b int); INSERT INTO t VALUES (1, 2)");
  EXPECT_EQ(run_either(*c, "SELECT b FROM t WHERE a = ", "1"), "2");
  simple(*c, "ALTER TABLE t DROP COLUMN b");
  EXPECT_EQ(run_either(*c, "SELECT b FROM t WHERE a = ", "1"), "42703");
  simple(*c, "ALTER TABLE t ADD COLUMN b text DEFAULT 'x'");
  EXPECT_EQ(run_either(*c, "SELECT b FROM t WHERE a = ", "1"), "x");
  EXPECT_EQ(run_either(*c, "SELECT * FROM t WHERE a = ", "1"), "1,x");
  simple(*c, "ALTER TABLE t ADD COLUMN c int");
  EXPECT_EQ(run_either(*c, "SELECT * FROM t WHERE a = ", "1"), "1,x,(null)");
}

TEST_F(postgres_literals, DoNotRepeatWhatFailedWhileItRan) {
  auto c = connect();
  simple(*c, "CREATE SEQUENCE literals_calls");
  EXPECT_EQ(run_either(*c, "SELECT nextval('literals_calls') / 0 WHERE 1 = ", "1"), "22012");
  EXPECT_EQ(simple(*c, "SELECT last_value FROM literals_calls; DROP SEQUENCE literals_calls"),
            "1|DROP SEQUENCE");
}

}  // namespace
}  // namespace puff::postgres
