#include "services/graphql/execute/execution.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/graphql/values/column_builder.hpp"
#include "tests/support/graphql_world.hpp"

namespace puff::graphql {
namespace {

using testing::HasSubstr;

constexpr auto blog = R"(
  type Query { authors: [Author!]! author(id: Int!): Author hello(name: String = "you"): String }
  type Author { id: Int! name: String posts(first: Int): [Post!]! }
  type Post { id: Int! title: String author: Author! })";

struct execution_test : testing::Test {
  execution_test() {
    world.answers("Query.authors", [](const field_call&) {
      return listed{column_of_list(R"([{"id":1,"name":"Ann"},{"id":2,"name":"Bob"}])")};
    });
    world.answers("Author.posts", [this](const field_call& call) {
      calls.push_back(call.field.parent->name + "." + call.field.definition->name);
      return correlated{
          rows(R"([{"id":10,"a":1,"title":"x"},{"id":11,"a":2},{"id":12,"a":1}])"), {"id"}, {"a"}};
    });
    world.answers("Query.hello", [](const field_call& call) {
      return shared{repeated(value{"Hello, " + call.arguments.front().second.text()}, 1)};
    });
  }

  static row_set_ptr rows(std::string_view text) { return rows_of(json(text).list()); }
  static column_ptr column_of_list(std::string_view text) {
    auto kept = std::make_shared<const value>(json(text));
    std::vector<const value*> items;
    for (const auto& v : kept->list()) items.push_back(&v);
    return column_of(items, kept);
  }

  graphql_world world{blog};
  std::vector<std::string> calls;
};

TEST_F(execution_test, WritesWhatWasSelectedInItsOrder) {
  EXPECT_EQ(world.run("{ hello authors { name id } }"),
            R"({"data":{"hello":"Hello, you","authors":[{"name":"Ann","id":1},)"
            R"({"name":"Bob","id":2}]}})");
}

TEST_F(execution_test, CallsAResolverOnceForAllParents) {
  EXPECT_EQ(
      world.run("{ authors { id posts { id title } } }"),
      R"({"data":{"authors":[{"id":1,"posts":[{"id":10,"title":"x"},{"id":12,"title":null}]},)"
      R"({"id":2,"posts":[{"id":11,"title":null}]}]}})");
  EXPECT_EQ(calls, std::vector<std::string>{"Author.posts"});
}

TEST_F(execution_test, Defect4AliasesAreFieldsOfTheirOwn) {
  EXPECT_EQ(world.run(R"({ a: hello(name: "A") b: hello(name: "B") authors { x: id y: id } })"),
            R"({"data":{"a":"Hello, A","b":"Hello, B","authors":[{"x":1,"y":1},{"x":2,"y":2}]}})");
}

TEST_F(execution_test, Defect4EqualSelectionsAreMergedAndTypeNamesStay) {
  EXPECT_EQ(world.run("{ authors { __typename posts { id } ...f } } "
                      "fragment f on Author { posts { id t: __typename } }"),
            R"({"data":{"authors":[{"__typename":"Author","posts":[{"id":10,"t":"Post"},)"
            R"({"id":12,"t":"Post"}]},{"__typename":"Author","posts":[{"id":11,"t":"Post"}]}]}})");
}

TEST_F(execution_test, Defect5AnUncorrelatedListForSeveralParentsIsAnError) {
  world.answers("Author.posts",
                [](const field_call&) { return listed{column_of_list(R"([{"id":1}])")}; });
  EXPECT_THAT(world.run("{ authors { posts { id } } }"),
              HasSubstr("Author.posts is a list for 2 parents, but nothing says which items belong "
                        "to which parent"));
}

TEST_F(execution_test, Defect8AnErrorNullsTheNearestPlaceThatMayBeNull) {
  world.answers("Post.author", [](const field_call& call) {
    column_builder out;
    for (std::size_t i = 0; i < call.parents->size(); ++i)
      i == 1 ? out.failure({"gone", {}}) : out.null();
    return aligned{std::move(out).build()};
  });
  EXPECT_EQ(world.run("{ hello author(id: 1) { name } authors { posts { author { id } } } }"),
            R"({"data":null,"errors":[{"message":"Cannot return null for non-nullable field )"
            R"(Post.author.","locations":[{"line":1,"column":50}],)"
            R"("path":["authors",0,"posts",0,"author"]}]})");
}

TEST_F(execution_test, AnswersThatComeLaterAreWaitedFor) {
  std::vector<reply<answer>> open;
  for (const auto* field : {"Query.hello", "Query.author"})
    world.resolves(field,
                   [&](const field_call&, reply<answer> r) { open.push_back(std::move(r)); });
  std::string body;
  world.start("{ hello author(id: 1) { name } }", [&](response r) { body = r.body; });
  ASSERT_EQ(open.size(), 2u);
  open[1](shared{column_of_list(R"([{"name":"Cy"}])")});
  EXPECT_EQ(body, "");
  open[0](shared{column_of_list(R"(["hi"])")});
  EXPECT_EQ(body, R"({"data":{"hello":"hi","author":{"name":"Cy"}}})");
}

TEST_F(execution_test, AReplyThatIsDroppedIsAnError) {
  world.resolves("Query.hello", [](const field_call&, reply<answer>) {});
  EXPECT_EQ(world.run("{ hello }"),
            R"({"data":{"hello":null},"errors":[{"message":"Nothing answered for Query.hello.",)"
            R"("locations":[{"line":1,"column":3}],"path":["hello"]}]})");
}

TEST_F(execution_test, CancellingTellsWhatRunsAndAnswersOnce) {
  bool stopped = false;
  std::optional<reply<answer>> open;
  world.resolves("Query.hello", [&](const field_call&, reply<answer> r) {
    r.when_cancelled([&] { stopped = true; });
    open.emplace(std::move(r));
  });
  std::vector<outcome> ends;
  auto run = world.start("{ hello }", [&](response r) { ends.push_back(r.how); });
  run->cancel();
  run->cancel();
  EXPECT_TRUE(stopped);
  (*open)(failed{{"late", {}}});
  EXPECT_EQ(ends, std::vector{outcome::cancelled});
}

TEST_F(execution_test, AWrongNumberOfValuesIsAnErrorOfTheField) {
  world.answers("Author.name", [](const field_call&) { return aligned{texts({"only one"})}; });
  EXPECT_THAT(world.run("{ authors { name } }"),
              HasSubstr("Author.name has 1 value for 2 parents"));
}

}  // namespace
}  // namespace puff::graphql
