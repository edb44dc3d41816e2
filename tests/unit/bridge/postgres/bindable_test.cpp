#include "bridge/postgres/bindable.hpp"

#include <gtest/gtest.h>

namespace puff::bridge::postgres {
namespace {

std::string bound(std::string_view sql) {
  auto made = as_bindable(sql);
  return made ? made->text : "-";
}

TEST(bindable, NumbersThePlacesBehindComparisons) {
  EXPECT_EQ(bound("SELECT a FROM t WHERE id = %s"), "SELECT a FROM t WHERE id = $1");
  EXPECT_EQ(bound("select a from t where (a<=%s) and b <> %s order by 1"),
            "select a from t where (a<=$1) and b <> $2 order by 1");
  EXPECT_EQ(bound("UPDATE t SET a = a + 1 WHERE c > %s RETURNING d"),
            "UPDATE t SET a = a + 1 WHERE c > $1 RETURNING d");
  EXPECT_EQ(as_bindable("DELETE FROM t WHERE a = %s OR b = %s")->places, 2u);
}

TEST(bindable, LeavesNamesInQuotesAlone) {
  EXPECT_EQ(bound(R"(SELECT "t"."a;b" FROM "t" WHERE "t"."id" = %s LIMIT 21)"),
            R"(SELECT "t"."a;b" FROM "t" WHERE "t"."id" = $1 LIMIT 21)");
  EXPECT_EQ(bound(R"(SELECT "a = %s AND b" FROM t WHERE a = %s)"), "-");
}

TEST(bindable, RefusesPlacesThatMeanSomethingElse) {
  for (const auto* sql :
       {"SELECT %s", "SELECT a FROM t LIMIT %s", "SELECT a FROM t ORDER BY %s",
        "SELECT a FROM t WHERE a IN (%s, %s)", "SELECT a FROM t WHERE a @> %s", "SELECT f(a => %s)",
        "SELECT f(a := %s)", "SELECT a FROM t WHERE a = -%s", "UPDATE t SET a = %s WHERE b = %s",
        "UPDATE t SET a = (SELECT 1 WHERE b = 1), b = %s", "SELECT a FROM t WHERE 1 = %s",
        "SELECT a FROM t WHERE f(a) = %s", "SELECT a FROM t WHERE a LIKE %s",
        "SELECT a FROM t WHERE %s = a"})
    EXPECT_EQ(bound(sql), "-") << sql;
}

TEST(bindable, RefusesPlacesWhoseExpressionGoesOn) {
  for (const auto* sql :
       {"SELECT a FROM t WHERE a = %s::int", "SELECT a FROM t WHERE a = %s + 1",
        "SELECT a FROM t WHERE a = %s IS NULL", "SELECT a FROM t WHERE a = %s BETWEEN 1 AND 2",
        "SELECT CASE WHEN a = %s THEN 1 END FROM t", "SELECT a FROM t WHERE a = %s0",
        "SELECT a = %s AS b FROM t"})
    EXPECT_EQ(bound(sql), "-") << sql;
}

TEST(bindable, RefusesOtherStatementsAndWhatItDoesNotRead) {
  for (const auto* sql :
       {"INSERT INTO t SELECT a FROM b WHERE a = %s", "SELECT a INTO u FROM t WHERE a = %s",
        "WITH x AS (SELECT 1) SELECT a FROM t WHERE a = %s", "(SELECT a FROM t WHERE a = %s)",
        "SELECT a FROM t WHERE a = %s; DELETE FROM t", "SELECT 'x' FROM t WHERE a = %s",
        "SELECT a FROM t -- WHERE\nWHERE a = %s", "SELECT a /* b */ FROM t WHERE a = %s",
        "SELECT $$x$$ FROM t WHERE a = %s", "SELECT a %% 2 FROM t WHERE a = %s",
        "SELECT a FROM t WHERE a = %(id)s", "SELECT a FROM t WHERE a = %d",
        "SELECT a FROM t WHERE a = %", "SELECT a FROM t", "EXPLAIN SELECT a FROM t WHERE a = %s",
        "SET a = %s", "SELECT \"a FROM t WHERE a = %s", ""})
    EXPECT_EQ(bound(sql), "-") << sql;
}

}  // namespace
}  // namespace puff::bridge::postgres
