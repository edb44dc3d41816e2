#include "services/postgres/result_view.hpp"

#include "tests/unit/services/postgres/engine_fixture.hpp"

namespace puff::postgres {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct result_view_test : engine_fixture {
  asked kept;
  result_view of(connection& c, const std::string& sql) {
    kept = ask(c, kind::simple, sql);
    return result_view{kept->reply().results.back()};
  }
};

TEST_F(result_view_test, ReadsRowsAndColumns) {
  auto c = connect();
  simple(*c, "CREATE TEMP TABLE t (id int, price numeric(8,2), name text)");
  simple(*c, "INSERT INTO t VALUES (1, 2.50, 'a'), (2, NULL, '')");
  auto view = of(*c, "SELECT *, 1 AS one FROM t ORDER BY id");
  EXPECT_EQ(view.kind(), result_kind::rows);
  EXPECT_EQ(view.rows(), 2);
  EXPECT_EQ(view.columns(), 4);
  EXPECT_EQ(view.value(0, 1), "2.50");
  EXPECT_EQ(view.value(0, 1).data()[4], '\0');
  EXPECT_TRUE(view.is_null(1, 1));
  EXPECT_EQ(view.value(1, 1), "");
  EXPECT_FALSE(view.is_null(1, 2));
  EXPECT_EQ(view.column_name(3), "one");
  EXPECT_EQ(view.column_type(0), 23u);
  EXPECT_EQ(view.column_size(0), 4);
  EXPECT_LT(view.column_size(2), 0);
  EXPECT_EQ(view.column_modifier(0), -1);
  EXPECT_EQ(view.column_modifier(1), ((8 << 16) | 2) + 4);
  EXPECT_EQ(std::to_string(view.column_table(1)), simple(*c, "SELECT 't'::regclass::oid"));
  EXPECT_EQ(view.column_table_column(1), 2);
  EXPECT_EQ(view.column_table(3), 0u);
  EXPECT_EQ(view.column_table_column(3), 0);
  EXPECT_FALSE(view.column_is_binary(0));
  EXPECT_EQ(view.command_tag(), "SELECT 2");
  EXPECT_EQ(view.rows_affected(), "2");
  EXPECT_EQ(view.error_text(), "");
}

TEST_F(result_view_test, ReadsCommands) {
  auto c = connect();
  auto made = of(*c, "CREATE TEMP TABLE t (i int)");
  EXPECT_EQ(made.kind(), result_kind::command);
  EXPECT_EQ(made.command_tag(), "CREATE TABLE");
  EXPECT_EQ(made.rows_affected(), "");
  EXPECT_EQ(made.inserted_oid(), 0u);
  EXPECT_EQ(of(*c, "INSERT INTO t VALUES (1), (2)").rows_affected(), "2");
  EXPECT_EQ(of(*c, " ").kind(), result_kind::empty_query);
}

TEST_F(result_view_test, ReadsErrors) {
  auto c = connect();
  simple(*c, "CREATE TEMP TABLE t (i int CONSTRAINT positive CHECK (i > 0))");
  auto failed = of(*c, "INSERT INTO t VALUES (0)");
  EXPECT_EQ(failed.kind(), result_kind::error);
  EXPECT_THAT(std::string{failed.error_text()}, StartsWith("ERROR:  new row for relation \"t\""));
  EXPECT_EQ(failed.error_field('C'), "23514");
  EXPECT_EQ(failed.error_field('n'), "positive");
  EXPECT_EQ(failed.error_field('t'), "t");
  EXPECT_THAT(std::string{failed.error_field('D')}, HasSubstr("Failing row"));
  EXPECT_EQ(failed.error_field('H'), "");
  EXPECT_EQ(of(*c, "SELECT nothing").error_field('P'), "8");
}

}  // namespace
}  // namespace puff::postgres
