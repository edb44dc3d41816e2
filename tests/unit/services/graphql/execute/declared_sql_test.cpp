#include "services/graphql/execute/declared_sql.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/graphql_sql.hpp"
#include "tests/support/graphql_world.hpp"

namespace puff::graphql {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using kind = sql_parameter::kind;

constexpr std::uint32_t int4 = 23, int8 = 20, text = 25, timestamptz = 1184, int4s = 1007;

constexpr auto sdl = R"(
  scalar Time
  type Query { authors: [Author!]! first: Author count(min: Int): Int }
  type Author { id: Int! name: String posts(like: String): [Post!]! titles: [String!]! total: Int
                best: Post tags: [String] since: Time }
  type Post { id: Int! title: String author: Author })";

struct declared_sql_test : testing::Test {
  declared_sql_test() {
    world.with.sql = sql;
    declare("Query.authors", {"SELECT * FROM authors", {}, {}, {}});
    declare("Author.posts", {"SELECT * FROM posts WHERE author_id = ANY($1) AND title LIKE $2",
                             {{kind::parent_key, "id", {}, 0}, {kind::argument, "like", {}, text}},
                             {"id"},
                             {"author_id"}});
  }
  void declare(const std::string& field, sql_field f) {
    world.bind(field, from_sql{std::make_shared<const sql_field>(std::move(f))});
  }
  void authors(std::vector<std::vector<std::optional<std::string>>> rows) {
    sql->tables.push_back({{{"id", int4}, {"name", text}}, std::move(rows)});
  }

  std::shared_ptr<scripted_sql> sql = std::make_shared<scripted_sql>();
  graphql_world world{sdl};
};

TEST_F(declared_sql_test, AsksOncePerLayerWithDistinctSortedKeysOfTheParentsType) {
  authors({{"3", "Cy"}, {"1", "Ann"}, {"3", "Cy again"}});
  sql->tables.push_back(
      {{{"id", int4}, {"author_id", int8}}, {{"9", "3"}, {"8", "1"}, {"7", "3"}}});
  EXPECT_EQ(
      world.run(R"({ authors { name posts(like: "a%") { id } } })"),
      R"({"data":{"authors":[{"name":"Cy","posts":[{"id":9},{"id":7}]},)"
      R"({"name":"Ann","posts":[{"id":8}]},{"name":"Cy again","posts":[{"id":9},{"id":7}]}]}})");
  ASSERT_EQ(sql->asked.size(), 2u);
  EXPECT_THAT(sql->asked[1].types, ElementsAre(int4s, text));
  EXPECT_THAT(sql->asked[1].values.values, ElementsAre("{1,3}", "a%"));
}

TEST_F(declared_sql_test, ManyKeysAreSentInSeveralStatementsAndTheirRowsJoinedAsOne) {
  world.with.limits.max_keys = 2;
  authors({{"3", "Cy"}, {"1", "Ann"}, {"2", "Bo"}, {"4", "Di"}, {"5", "Ed"}});
  const auto posts = [&](std::vector<std::vector<std::optional<std::string>>> rows) {
    sql->tables.push_back({{{"id", int4}, {"author_id", int4}, {"at", timestamptz}}, rows});
  };
  posts({{"9", "1", "2026-01-01 00:00:00+00"}});
  posts({});
  posts({{"8", "5", std::nullopt}, {"7", "5", std::nullopt}});
  EXPECT_EQ(world.run("{ authors { posts { id } } }"),
            R"({"data":{"authors":[{"posts":[]},{"posts":[{"id":9}]},{"posts":[]},{"posts":[]},)"
            R"({"posts":[{"id":8},{"id":7}]}]}})");
  ASSERT_EQ(sql->asked.size(), 4u);
  EXPECT_EQ(sql->asked[1].values.values[0], "{1,2}");
  EXPECT_EQ(sql->asked[3].values.values[0], "{5}");
}

TEST_F(declared_sql_test, AFailureAmongSeveralStatementsIsTheFieldsOwn) {
  world.with.limits.max_keys = 1;
  authors({{"1", "Ann"}, {"2", "Bo"}});
  sql->tables.push_back({{{"id", int4}, {"author_id", int4}}, {{"9", "1"}}});
  EXPECT_THAT(world.run("{ authors { name posts { id } } }"), HasSubstr("no table left"));
}

TEST_F(declared_sql_test, AKeyThatTheStatementDoesNotReturnIsAnErrorEvenWithoutRows) {
  authors({{"1", "Ann"}});
  sql->tables.push_back({{{"id", int4}, {"writer", int4}}, {}});
  EXPECT_THAT(world.run("{ authors { posts { id } } }"),
              HasSubstr("Author.posts is joined by \\\"author_id\\\", which its rows lack: they "
                        "have id, writer"));
}

TEST_F(declared_sql_test, ParentsWithoutAKeyAreNotAskedFor) {
  authors({{std::nullopt, "Nobody"}});
  world.answers("Author.id", [](const field_call&) { return failed{{"not asked", {}}}; });
  EXPECT_EQ(world.run("{ authors { name posts { id } } }"),
            R"({"data":{"authors":[{"name":"Nobody","posts":[]}]}})");
  EXPECT_EQ(sql->asked.size(), 1u);
}

TEST_F(declared_sql_test, KeysOfSeveralColumnsAreSentAsArraysOfEqualLength) {
  authors({{"2", "b"}, {"1", "x,\"y\""}, {"2", "a"}});
  declare("Author.total",
          {"SELECT k.id, k.name, 5 AS n FROM unnest($1::int[], $2::text[]) AS k(id, name)",
           {{kind::parent_key, "id", {}, 0}, {kind::parent_key, "name", {}, 0}},
           {"id", "name"},
           {"id", "name"}});
  sql->tables.push_back(
      {{{"id", int4}, {"name", text}, {"n", int4}}, {{"2", "a", "5"}, {"1", "x,\"y\"", "6"}}});
  EXPECT_EQ(world.run("{ authors { total } }"),
            R"({"data":{"authors":[{"total":null},{"total":6},{"total":5}]}})");
  EXPECT_THAT(sql->asked[1].values.values, ElementsAre("{1,2,2}", R"({"x,\"y\"","a","b"})"));
}

TEST_F(declared_sql_test, Defect5SeveralRowsForASingleValueAreAnError) {
  authors({{"1", "Ann"}});
  declare("Author.best", {"SELECT 1", {{kind::parent_key, "id", {}, 0}}, {"id"}, {"author_id"}});
  sql->tables.push_back({{{"id", int4}, {"author_id", int4}}, {{"1", "1"}, {"2", "1"}}});
  EXPECT_EQ(
      world.run("{ authors { best { id } } }"),
      R"({"data":{"authors":[{"best":null}]},"errors":[{"message":"Author.best has one value, )"
      R"(but several rows match","locations":[{"line":1,"column":13}],)"
      R"("path":["authors",0,"best"]}]})");
}

TEST_F(declared_sql_test, Defect6AScalarOfAJoinIsTheColumnThatIsNoKey) {
  authors({{"1", "Ann"}, {"2", "Bob"}});
  declare("Author.titles", {"SELECT 1", {{kind::parent_key, "id", {}, 0}}, {"id"}, {"author_id"}});
  sql->tables.push_back({{{"author_id", text}, {"title", text}}, {{"1", "x"}, {"1", "y"}}});
  EXPECT_EQ(world.run("{ authors { titles } }"),
            R"({"data":{"authors":[{"titles":["x","y"]},{"titles":[]}]}})");
}

TEST_F(declared_sql_test, Defect6KeysMayHaveAnyNumberOfColumns) {
  sql_field f{"SELECT 1", {}, {}, {}};
  sql_table root{{}, {{}}}, answer{{}, {{}}};
  std::string query;
  for (int i = 0; i < 12; ++i) {
    const auto name = "k" + std::to_string(i);
    root.columns.push_back({name, int4});
    root.rows[0].push_back(std::to_string(i));
    f.parameters.push_back({kind::parent_key, name, {}, 0});
    f.parent_keys.push_back(name);
    f.child_keys.push_back(name);
  }
  answer = root;
  answer.columns.push_back({"total", int4});
  answer.rows[0].push_back("77");
  declare("Author.total", f);
  sql->tables = {root, answer};
  EXPECT_EQ(world.run("{ authors { total } }"), R"({"data":{"authors":[{"total":77}]}})");
}

TEST_F(declared_sql_test, Defect9ValuesOfPostgresAreReadByTheirTypes) {
  sql->tables.push_back({{{"id", int4}, {"tags", 1009}, {"since", timestamptz}, {"name", 1700}},
                         {{"1", R"({a,NULL,"b \"c\""})", "2026-01-31 12:00:00.5+02", "12.50"}}});
  EXPECT_EQ(world.run("{ authors { tags since name } }"),
            R"({"data":{"authors":[{"tags":["a",null,"b \"c\""],)"
            R"("since":"2026-01-31T12:00:00.5+02:00","name":"12.50"}]}})");
}

TEST_F(declared_sql_test, AFailedStatementIsAnErrorOfTheField) {
  EXPECT_THAT(world.run("{ first { id } authors { id } }"), HasSubstr("no table left"));
}

TEST_F(declared_sql_test, ALackingColumnIsNamed) {
  sql->tables.push_back({{{"name", text}}, {{"Ann"}}});
  EXPECT_THAT(world.run("{ authors { posts { id } } }"),
              HasSubstr(R"(Author.posts asks by \"id\", which its parents lack)"));
}

TEST_F(declared_sql_test, SiblingsRunAtTheSameTime) {
  declare("Query.first", {"SELECT first", {}, {}, {}});
  sql->hold = true;
  std::string body;
  world.start("{ authors { id } first { id } }", [&](response r) { body = r.body; });
  EXPECT_THAT(sql->log, ElementsAre("SELECT * FROM authors", "SELECT first"));
  authors({{"5", "Eve"}});
  sql->answer(std::move(sql->held[1]));
  EXPECT_EQ(body, "");
  authors({});
  sql->answer(std::move(sql->held[0]));
  EXPECT_EQ(body, R"({"data":{"authors":[],"first":{"id":5}}})");
}

TEST_F(declared_sql_test, AResolverMayAnswerWithAStatement) {
  world.answers("Query.count", [](const field_call& call) {
    sql_statement s{"SELECT count(*) FROM t WHERE n > $1", {int4}, {}};
    s.values.values.push_back(sql_text(call.arguments.front().second));
    return by_sql{std::move(s), {}, {}};
  });
  sql->tables.push_back({{{"count", int8}}, {{"42"}}});
  EXPECT_EQ(world.run("{ count(min: 7) }"), R"({"data":{"count":42}})");
  EXPECT_THAT(sql->asked[0].values.values, ElementsAre("7"));
}

TEST(sql_text_test, WritesValuesAsTheServerReadsThem) {
  EXPECT_EQ(sql_text(json("null")), std::nullopt);
  EXPECT_EQ(sql_text(json("true")), "t");
  EXPECT_EQ(sql_text(json("[1, null, [\"a\\\"b\"]]")), R"({"1",NULL,{"a\"b"}})");
  EXPECT_EQ(sql_text(json(R"({"a":[1]})")), R"({"a":[1]})");
}

}  // namespace
}  // namespace puff::graphql
