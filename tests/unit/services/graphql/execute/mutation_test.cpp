#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/graphql/values/column_builder.hpp"
#include "tests/support/graphql_sql.hpp"
#include "tests/support/graphql_world.hpp"

namespace puff::graphql {
namespace {

using testing::ElementsAre;

struct mutation_test : testing::Test {
  mutation_test() {
    world.with.sql = sql;
    for (const auto* name : {"a", "b", "strict"})
      world.resolves(std::string{"Mutation."} + name,
                     [this, name](const field_call&, reply<answer> r) {
                       sql->log.push_back(name);
                       open.push_back(std::move(r));
                     });
  }
  void start(const std::string& query) {
    world.start(query, [this](response r) { body = r.body; });
  }
  static answer number(int n) { return shared{repeated(value{n}, 1)}; }
  static answer fault() { return failed{{"no", {}}}; }

  std::shared_ptr<scripted_sql> sql = std::make_shared<scripted_sql>();
  graphql_world world{"type Query { q: Int } type Mutation { a: Int b: Int strict: Int! }"};
  std::vector<reply<answer>> open;
  std::string body;
};

TEST_F(mutation_test, Defect3RootFieldsRunOneAfterTheOther) {
  start("mutation { a b }");
  EXPECT_THAT(sql->log, ElementsAre("BEGIN", "a"));
  open[0](number(1));
  EXPECT_THAT(sql->log, ElementsAre("BEGIN", "a", "COMMIT", "BEGIN", "b"));
  open[1](number(2));
  EXPECT_EQ(body, R"({"data":{"a":1,"b":2}})");
}

TEST_F(mutation_test, Defect2EachFieldIsCommittedUnlessItFailed) {
  start("mutation { a b }");
  open[0](fault());
  open[1](number(2));
  EXPECT_THAT(sql->log, ElementsAre("BEGIN", "a", "ROLLBACK", "BEGIN", "b", "COMMIT"));
  EXPECT_EQ(body, R"({"data":{"a":null,"b":2},"errors":[{"message":"no",)"
                  R"("locations":[{"line":1,"column":12}],"path":["a"]}]})");
}

TEST_F(mutation_test, Complaint7ACommitThatFailsIsAnErrorOfItsField) {
  sql->failing_step = "COMMIT";
  start("mutation { a }");
  open[0](number(1));
  EXPECT_THAT(body, testing::HasSubstr(R"({"data":{"a":null},"errors":[{"message":")"));
  EXPECT_THAT(body, testing::HasSubstr("COMMIT failed"));
}

TEST_F(mutation_test, NothingRunsAfterANullThatSpreadToData) {
  start("mutation { a strict b }");
  open[0](number(1));
  open[1](fault());
  EXPECT_THAT(sql->log, ElementsAre("BEGIN", "a", "COMMIT", "BEGIN", "strict", "ROLLBACK"));
  EXPECT_EQ(body, R"({"data":null,"errors":[{"message":"no","locations":[{"line":1,"column":14}],)"
                  R"("path":["strict"]}]})");
}

struct statement_test : testing::Test {
  statement_test() {
    world.with.sql = sql;
    declare("Mutation.add", "INSERT", false);
    declare("Mutation.add_alone", "INSERT", true);
    declare("Query.q", "SELECT", true);
    declare("Added.others", "SELECT", false);
    sql->tables.push_back({{{"id", 23}}, {{"7"}}});
  }
  void declare(const std::string& field, std::string text, bool autocommit) {
    sql_field made;
    made.text = std::move(text);
    made.autocommit = autocommit;
    world.bind(field, from_sql{std::make_shared<const sql_field>(std::move(made))});
  }
  bool is_whole_transaction(const std::string& query) {
    world.start(query, [](response) {});
    return sql->asked.front().is_whole_transaction;
  }
  std::shared_ptr<scripted_sql> sql = std::make_shared<scripted_sql>();
  graphql_world world{
      "type Query { q: Int } type Mutation { add: Added add_alone: Added } "
      "type Added { id: Int others: Int }"};
};

TEST_F(statement_test, IsItsWholeTransactionIfItCommitsByItself) {
  EXPECT_FALSE(is_whole_transaction("mutation { add { id } }"));
  sql->tables.push_back({{{"id", 23}}, {{"7"}}});
  sql->asked.clear();
  sql->log.clear();
  EXPECT_TRUE(is_whole_transaction("mutation { add_alone { id __typename } }"));
  EXPECT_THAT(sql->log, ElementsAre("BEGIN", "INSERT", "COMMIT"));
}

TEST_F(statement_test, IsNotIfMoreRunsBelowIt) {
  EXPECT_FALSE(is_whole_transaction("mutation { add_alone { id others } }"));
}

TEST_F(statement_test, IsNotInAQuery) { EXPECT_FALSE(is_whole_transaction("{ q }")); }

TEST_F(mutation_test, CancellingRollsBack) {
  const auto run = world.start("mutation { a b }", [](response) {});
  run->cancel();
  EXPECT_THAT(sql->log, ElementsAre("BEGIN", "a", "ROLLBACK"));
  open[0](number(1));
  EXPECT_EQ(sql->log.size(), 3u);
}

}  // namespace
}  // namespace puff::graphql
