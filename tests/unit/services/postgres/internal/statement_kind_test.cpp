#include "services/postgres/internal/statement_kind.hpp"

#include <gtest/gtest.h>

namespace puff::postgres::internal {
namespace {

bool shares(std::string text, sql_request::kind what = sql_request::kind::bound) {
  sql_request request;
  request.what = what;
  request.text = std::move(text);
  return may_share(request);
}

TEST(statement_kind, QueriesAndChangesOfRowsShare) {
  for (const char* text : {"select 1", "SELECT 1", "\n insert into t values ($1)", "(select 1)",
                           "with a as (select 1) table a", "values(1)", "DELETE\tfrom t"})
    EXPECT_TRUE(shares(text)) << text;
}

TEST(statement_kind, NothingElseDoes) {
  for (const char* text : {"begin", "set a = 1", "listen x", "", "selection", "select_it",
                           "-- a\nselect 1", "call p()", "copy t to stdout", "do $$ $$"})
    EXPECT_FALSE(shares(text)) << text;
}

TEST(statement_kind, SeveralStatementsMayNotShare) {
  EXPECT_FALSE(shares("select 1", sql_request::kind::simple));
  EXPECT_FALSE(shares("select 1", sql_request::kind::batch));
}

}  // namespace
}  // namespace puff::postgres::internal
