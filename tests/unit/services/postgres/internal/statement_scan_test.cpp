#include "services/postgres/internal/statement_scan.hpp"

#include <gtest/gtest.h>

namespace puff::postgres::internal {
namespace {

bool leaves_state(std::string_view sql) { return scan(sql).leaves_state; }

TEST(statement_scan, FindsWhatARollbackDoesNotUndo) {
  for (const auto* sql : {"SET x = 1",
                          "set session x = 1",
                          " /* a */ Set\nx to 1",
                          "SELECT 1; SET x = 1",
                          "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
                          "SET ROLE a",
                          "RESET ALL",
                          "LISTEN a",
                          "LOAD 'x'",
                          "PREPARE p AS SELECT 1",
                          "DO $$BEGIN END$$",
                          "CALL p()",
                          "CREATE TEMP TABLE t ()",
                          "create temporary view v as select 1",
                          "SELECT 1 INTO TEMP t",
                          "CREATE TABLE pg_temp.t ()",
                          "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
                          "SELECT pg_advisory_lock(1)",
                          "SELECT pg_try_advisory_lock_shared(1)",
                          "select pg_catalog.set_config('a', 'b', false)",
                          "SELECT setseed(0)",
                          "SELECT '\\'; SET x = 1",
                          "SELECT $a$ ' $a$; SET x = 1",
                          "SELECT \"'\"; SET x = 1",
                          "SELECT 1 -- '\n; SET x = 1",
                          "/* /* */ ' */ SET x = 1",
                          "SET x"})
    EXPECT_TRUE(leaves_state(sql)) << sql;
}

TEST(statement_scan, TakesOrdinaryStatementsForHarmless) {
  for (const auto* sql : {"",
                          ";",
                          "SELECT 1",
                          "UPDATE t SET x = 1",
                          "SELECT 'SET x'; SELECT \"set\"",
                          "SET LOCAL x = 1",
                          "SET TRANSACTION READ ONLY",
                          "SET CONSTRAINTS ALL DEFERRED",
                          "PREPARE TRANSACTION 'x'",
                          "DECLARE c CURSOR FOR SELECT 1",
                          "DECLARE c CURSOR WITHOUT HOLD FOR SELECT 1",
                          "SELECT pg_advisory_xact_lock(1)",
                          "SELECT template, temp1 FROM t",
                          "-- SET x\nSELECT 1",
                          "/* ; SET x = 1 */ SELECT 1",
                          "SELECT $$; SET x = 1$$",
                          "SELECT $f$; SET x = $$ 1 $f$",
                          "SELECT $1; SELECT a$b$c",
                          "SELECT E'\\'; SET x = 1'",
                          "SELECT 'a''; SET x'",
                          "NOTIFY a",
                          "UNLISTEN *",
                          "reset_it()",
                          "SELECT '; SET x = 1",
                          "SELECT $$; SET x = 1",
                          "/* ; SET x = 1"})
    EXPECT_FALSE(leaves_state(sql)) << sql;
}

TEST(statement_scan, KnowsABackslashThatEscapes) {
  EXPECT_FALSE(scan("SELECT '\\'; SET x = 1 --'", backslashes::escape).leaves_state);
  EXPECT_TRUE(scan("SELECT '\\'; SET x = 1 --'", backslashes::are_plain).leaves_state);
}

TEST(statement_scan, FindsTheEndsOfTransactions) {
  for (const auto* sql : {"BEGIN", "start transaction", "COMMIT", "end", "ROLLBACK TO a", "ABORT",
                          "SELECT 1; COMMIT", "PREPARE TRANSACTION 'x'", "CALL p()", "DO ''"})
    EXPECT_TRUE(scan(sql).controls_transaction) << sql;
  for (const auto* sql : {"SELECT 1", "SAVEPOINT a", "SELECT \"end\"", "PREPARE x AS SELECT 1"})
    EXPECT_FALSE(scan(sql).controls_transaction) << sql;
}

TEST(statement_scan, FindsCopies) {
  EXPECT_TRUE(scan("COPY t FROM STDIN").copies);
  EXPECT_TRUE(scan("-- x\n copy (SELECT 1) TO STDOUT").copies);
  EXPECT_FALSE(scan("SELECT copy FROM t").copies);
}

}  // namespace
}  // namespace puff::postgres::internal
