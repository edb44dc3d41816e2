#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/graphql/values/column_builder.hpp"
#include "tests/support/graphql_world.hpp"

namespace puff::graphql {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto library = R"(
  directive @defer(if: Boolean! = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
  directive @stream(initialCount: Int! = 0, if: Boolean! = true, label: String) on FIELD
  type Query { authors: [Author!]! author: Author numbers: [Int!] slow: String count: Int! }
  type Mutation { add: Author }
  type Author { id: Int! name: String bio: String! books: [Book!] }
  type Book { title: String! author: Author })";

struct incremental_test : testing::Test {
  incremental_test() {
    world.with.incremental = incremental_format::by_id;
    world.answers("Query.authors", [](const field_call&) {
      return listed{objects(R"([{"id":1,"name":"Ann"},{"id":2,"name":"Bob"}])")};
    });
    world.answers("Query.author",
                  [](const field_call&) { return listed{objects(R"([{"id":1,"name":"Ann"}])")}; });
    world.answers("Mutation.add",
                  [](const field_call&) { return listed{objects(R"([{"id":3,"name":"Cem"}])")}; });
    world.answers("Author.books", [this](const field_call& call) {
      calls.push_back("books of " + std::to_string(call.parents->size()));
      return correlated{
          rows_of(json(R"([{"a":1,"title":"x"},{"a":2,"title":"y"},{"a":1,"title":"z"}])").list()),
          {"id"},
          {"a"}};
    });
    world.answers("Author.bio", [](const field_call& call) {
      return shared{repeated(value{field_failure{"no bio", {}}}, call.parents->size() > 0)};
    });
    world.answers("Query.numbers", [this](const field_call&) {
      column_builder all;
      all.begin_list();
      for (int i = 0; i < many; ++i) all.items().integer(i);
      all.end_list();
      return shared{std::move(all).build()};
    });
    world.resolves("Query.slow", [this](const field_call&, reply<answer> done) {
      done.when_cancelled([this] { calls.emplace_back("stopped"); });
      slow = std::move(done);
    });
  }

  static column_ptr objects(std::string_view text) {
    auto kept = std::make_shared<const value>(json(text));
    std::vector<const value*> items;
    for (const auto& v : kept->list()) items.push_back(&v);
    return column_of(items, kept);
  }

  void begin(const std::string& query, const std::string& variables = {}) {
    auto keep = [this](response r) {
      has_next = r.has_next;
      how = r.how;
      payloads.push_back(std::move(r.body));
    };
    running = world.start(query, keep, variables);
  }
  std::vector<std::string> all(const std::string& query, const std::string& variables = {}) {
    begin(query, variables);
    while (has_next) {
      const auto before = payloads.size();
      running->go_on();
      if (payloads.size() == before) throw std::runtime_error{"nothing follows"};
    }
    return payloads;
  }

  graphql_world world{library};
  std::vector<std::string> calls, payloads;
  std::shared_ptr<execution> running;
  reply<answer> slow;
  bool has_next = false;
  outcome how{};
  int many = 5;
};

TEST_F(incremental_test, DeliversADeferredFragmentAfterTheRest) {
  EXPECT_THAT(
      all("{ author { id ... @defer(label: \"n\") { name } } }"),
      ElementsAre(
          R"({"data":{"author":{"id":1}},"pending":[{"id":"0","path":["author"],"label":"n"}],"hasNext":true})",
          R"({"incremental":[{"id":"0","data":{"name":"Ann"}}],"completed":[{"id":"0"}],"hasNext":false})"));
}

TEST_F(incremental_test, ExecutesADeferredFieldOnceForAllObjects) {
  all("{ authors { id ... @defer { books { title } } } }");
  EXPECT_THAT(calls, ElementsAre("books of 2"));
  EXPECT_EQ(
      payloads.back(),
      R"({"incremental":[{"id":"0","data":{"books":[{"title":"x"},{"title":"z"}]}},{"id":"1","data":{"books":[{"title":"y"}]}}],"completed":[{"id":"0"},{"id":"1"}],"hasNext":false})");
}

TEST_F(incremental_test, ExecutesNothingDeferredBeforeTheFirstResponseWasTaken) {
  begin("{ authors { id ... @defer { books { title } } } }");
  EXPECT_EQ(payloads.size(), 1u);
  EXPECT_TRUE(calls.empty());
}

TEST_F(incremental_test, DeliversTheRestOfAListInPieces) {
  many = 250;
  all("{ numbers @stream(initialCount: 3) }");
  ASSERT_EQ(payloads.size(), 4u);
  EXPECT_EQ(
      payloads[0],
      R"({"data":{"numbers":[0,1,2]},"pending":[{"id":"0","path":["numbers"]}],"hasNext":true})");
  EXPECT_THAT(payloads[1], HasSubstr(R"({"id":"0","items":[3,4,5,)"));
  EXPECT_THAT(payloads[3], HasSubstr(R"(249]}],"completed":[{"id":"0"}],"hasNext":false})"));
}

TEST_F(incremental_test, ResolvesTheObjectsOfAStreamWhenTheyAreDelivered) {
  begin("{ authors @stream(initialCount: 1) { id books { title } } }");
  EXPECT_THAT(calls, ElementsAre("books of 1"));
  running->go_on();
  EXPECT_THAT(calls, ElementsAre("books of 1", "books of 1"));
  EXPECT_EQ(
      payloads.back(),
      R"({"incremental":[{"id":"0","items":[{"id":2,"books":[{"title":"y"}]}]}],"completed":[{"id":"0"}],"hasNext":false})");
}

TEST_F(incremental_test, ANullThatSpreadsEndsADeferredFragmentAlone) {
  EXPECT_EQ(
      all("{ author { id ... @defer { bio } ... @defer { name } } }").back(),
      R"({"incremental":[{"id":"1","data":{"name":"Ann"}}],"completed":[{"id":"0","errors":[{"message":"no bio","locations":[{"line":1,"column":28}],"path":["author","bio"]}]},{"id":"1"}],"hasNext":false})");
}

TEST_F(incremental_test, WhatWasNulledHasNothingDeferred) {
  EXPECT_THAT(
      all("{ author { bio ... @defer { name } } }"),
      ElementsAre(
          R"({"data":{"author":null},"errors":[{"message":"no bio","locations":[{"line":1,"column":12}],"path":["author","bio"]}]})"));
}

TEST_F(incremental_test, AFragmentWithinAnotherComesAfterIt) {
  EXPECT_THAT(
      all("{ author { ... @defer(label: \"o\") { id ... @defer(label: \"i\") { name } } } }"),
      ElementsAre(
          R"({"data":{"author":{}},"pending":[{"id":"0","path":["author"],"label":"o"}],"hasNext":true})",
          R"({"pending":[{"id":"1","path":["author"],"label":"i"}],"incremental":[{"id":"0","data":{"id":1}},{"id":"1","data":{"name":"Ann"}}],"completed":[{"id":"0"},{"id":"1"}],"hasNext":false})"));
}

TEST_F(incremental_test, AFieldThatIsAlsoSelectedAtOnceIsNotDeliveredAgain) {
  EXPECT_THAT(all("{ author { id ... @defer { id } } }"),
              ElementsAre(R"({"data":{"author":{"id":1}}})"));
}

TEST_F(incremental_test, NamesPathsAndLabelsInTheOlderFormat) {
  world.with.incremental = incremental_format::by_path;
  EXPECT_THAT(
      all("{ author { id ... @defer(label: \"n\") { name } } }"),
      ElementsAre(
          R"({"data":{"author":{"id":1}},"hasNext":true})",
          R"({"incremental":[{"data":{"name":"Ann"},"path":["author"],"label":"n"}],"hasNext":false})"));
}

TEST_F(incremental_test, IgnoresTheDirectivesIfTheClientUnderstandsNone) {
  world.with.incremental = incremental_format::none;
  EXPECT_THAT(all("{ author { id ... @defer { name } } numbers @stream }"),
              ElementsAre(R"({"data":{"author":{"id":1,"name":"Ann"},"numbers":[0,1,2,3,4]}})"));
}

TEST_F(incremental_test, AConditionTurnsThemOff) {
  const auto query = "query($on: Boolean!) { author { id ... @defer(if: $on) { name } } }";
  EXPECT_EQ(all(query, R"({"on":false})").size(), 1u);
  payloads.clear();
  EXPECT_EQ(all(query, R"({"on":true})").size(), 2u);
}

TEST_F(incremental_test, DefersOfAMutationComeAfterItsTransactions) {
  EXPECT_EQ(
      all("mutation { add { id ... @defer { name } } }").back(),
      R"({"incremental":[{"id":"0","data":{"name":"Cem"}}],"completed":[{"id":"0"}],"hasNext":false})");
}

TEST_F(incremental_test, CancellingStopsWhatIsDeferred) {
  begin("{ author { id } ... @defer { slow } }");
  running->go_on();
  EXPECT_EQ(payloads.size(), 1u);
  running->cancel();
  EXPECT_THAT(calls, ElementsAre("stopped"));
  EXPECT_EQ(how, outcome::cancelled);
  slow(shared{repeated(value{"late"}, 1)});
  EXPECT_EQ(payloads.size(), 2u);
}

TEST_F(incremental_test, WaitsForWhatIsDeferred) {
  begin("{ author { id } ... @defer { slow } }");
  running->go_on();
  slow(shared{repeated(value{"at last"}, 1)});
  EXPECT_EQ(
      payloads.back(),
      R"({"incremental":[{"id":"0","data":{"slow":"at last"}}],"completed":[{"id":"0"}],"hasNext":false})");
}

TEST_F(incremental_test, AnInitialCountBelowZeroIsAnError) {
  EXPECT_THAT(all("{ numbers @stream(initialCount: -1) }"),
              ElementsAre(HasSubstr(R"("message":"initialCount must be a positive integer")")));
}

TEST_F(incremental_test, TheLimitOfBytesCountsAllPayloads) {
  world.with.limits.max_bytes = 900;
  many = 2000;
  all("{ numbers @stream(initialCount: 1) }");
  EXPECT_EQ(how, outcome::too_large);
  EXPECT_THAT(payloads.back(),
              HasSubstr(R"("completed":[{"id":"0","errors":[{"message":"The response is larger)"));
}

}  // namespace
}  // namespace puff::graphql
