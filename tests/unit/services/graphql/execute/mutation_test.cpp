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

TEST_F(mutation_test, CancellingRollsBack) {
  const auto run = world.start("mutation { a b }", [](response) {});
  run->cancel();
  EXPECT_THAT(sql->log, ElementsAre("BEGIN", "a", "ROLLBACK"));
  open[0](number(1));
  EXPECT_EQ(sql->log.size(), 3u);
}

}  // namespace
}  // namespace puff::graphql
