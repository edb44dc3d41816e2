#include "bridge/postgres/result_object.hpp"

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <array>
#include <string_view>
#include <vector>

#include "tests/support/dbapi_driver.hpp"

namespace puff::bridge::postgres {
namespace {

using tests::dbapi_driver;

/// A result of two columns, int4 and text, with these values; null is NULL.
PGresult* make_result(const std::vector<std::array<const char*, 2>>& rows) {
  auto* result = PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK);
  std::array<PGresAttDesc, 2> columns{};
  columns[0].name = const_cast<char*>("a");
  columns[0].typid = 23;
  columns[1].name = const_cast<char*>("b");
  columns[1].typid = 25;
  PQsetResultAttrs(result, 2, columns.data());
  for (int row = 0; row < static_cast<int>(rows.size()); ++row)
    for (int column = 0; column < 2; ++column) {
      const char* value = rows[row][column];
      PQsetvalue(result, row, column, const_cast<char*>(value),
                 value ? static_cast<int>(std::string_view{value}.size()) : -1);
    }
  return result;
}

class results : public dbapi_driver {
 protected:
  void SetUp() override {
    auto* object = new_result_object(
        sql_result{make_result({{"1", "one"}, {nullptr, "two"}, {"3", nullptr}}), PQclear});
    ASSERT_TRUE(object) << error_text();
    PyDict_SetItemString(globals, "r", object);
    Py_DECREF(object);
    run("types = {23: m.pg_typecasts['INTEGER']}\n"
        "casters = m.pg_casters(r, (None, types), m.pg_typecasts['DEFAULT'])");
  }
  void TearDown() override { run("del r"); }
};

TEST_F(results, BecomeTuples) {
  EXPECT_EQ(repr("r.fetch(0, 9, casters, None, None)"), "[(1, 'one'), (None, 'two'), (3, None)]");
  EXPECT_EQ(repr("r.fetch(1, 2, casters, None, None)"), "[(None, 'two')]");
  EXPECT_EQ(repr("r.fetch(2, 1, casters, None, None)"), "[]");
}

TEST_F(results, BecomeWhatAFactoryMakes) {
  EXPECT_EQ(repr("r.fetch(0, 1, casters, None, list)"), "[[1, 'one']]");
  EXPECT_EQ(repr("r.fetch(0, 1, casters, None, ('x', 'y'))"), "[{'x': 1, 'y': 'one'}]");
  EXPECT_EQ(repr("r.fetch(0, 1, casters, 2, lambda columns: [None] * columns)"), "[[1, 'one']]");
}

TEST_F(results, DescribeThemselves) {
  EXPECT_EQ(repr("r.kind, r.rows, r.columns"), "('rows', 3, 2)");
  EXPECT_EQ(repr("r.describe()[0][:2], r.value(0, 1), r.value(1, 0)"),
            "((b'a', 23), b'one', None)");
  EXPECT_EQ(repr("r.value(3, 0)"), "error: value(): no such row or column");
}

TEST_F(results, RefuseWhatIsNoTypecaster) {
  EXPECT_EQ(repr("r.fetch(0, 1, (int, str), None, None)"), "error: no typecaster: <class 'int'>");
  EXPECT_EQ(repr("r.fetch(0, 1, (), None, None)").substr(0, 6), "error:");
}

}  // namespace
}  // namespace puff::bridge::postgres
