#include "services/graphql/plan/plan_cache.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "tests/support/graphql_world.hpp"

namespace puff::graphql {
namespace {

document_ptr document_of(const std::string& text) { return *parse(text); }

TEST(plan_cache, FindsADocumentByItsText) {
  plan_cache cache;
  EXPECT_EQ(cache.find("{ a }"), nullptr);
  auto kept = cache.keep(document_of("{ a }"));
  EXPECT_EQ(cache.find(std::string{"{ a }"}), kept);
  EXPECT_EQ(cache.find("{ b }"), nullptr);
}

TEST(plan_cache, KeepsTheFirstOfTwoDocumentsOfOneText) {
  plan_cache cache;
  auto first = cache.keep(document_of("{ a }"));
  EXPECT_EQ(cache.keep(document_of("{ a }")), first);
  EXPECT_EQ(cache.size(), 1u);
}

TEST(plan_cache, ForgetsWhatWasNotUsedForTheLongestTime) {
  plan_cache cache{{.documents = 2}};
  cache.keep(document_of("{ a }"));
  cache.keep(document_of("{ b }"));
  cache.find("{ a }");
  cache.keep(document_of("{ c }"));
  EXPECT_NE(cache.find("{ a }"), nullptr);
  EXPECT_EQ(cache.find("{ b }"), nullptr);
  EXPECT_NE(cache.find("{ c }"), nullptr);
}

TEST(plan_cache, IsBoundedByItsTextsToo) {
  plan_cache cache{{.documents = 100, .bytes = 20}};
  cache.keep(document_of("{ aaaaaaaa }"));
  cache.keep(document_of("{ bbbbbbbb }"));
  EXPECT_EQ(cache.size(), 1u);
  auto alive = cache.keep(document_of("{ a_text_of_more_than_twenty_bytes }"));
  EXPECT_EQ(cache.size(), 0u);
  EXPECT_NE(alive->doc(), nullptr);
}

TEST(plan_cache, IsSharedByThreads) {
  plan_cache cache{{.documents = 8}};
  auto use = [&cache](int from) {
    for (int i = 0; i < 2'000; ++i) {
      auto text = "{ f" + std::to_string((from + i) % 16) + " }";
      if (!cache.find(text)) cache.keep(document_of(text));
    }
  };
  std::thread other{use, 3};
  use(11);
  other.join();
  EXPECT_EQ(cache.size(), 8u);
}

struct cached_document_test : testing::Test {
  plan_ptr plan_of(const value_object& variables) {
    auto doc = document.doc();
    return *make_plan(world.schema, doc, *doc->operation({}), variables);
  }

  graphql_world world{"type Query { a: Int b: Int }"};
  cached_document document{
      document_of("query($x: Boolean!, $n: Int) { a @include(if: $x) b @skip(if: $x) }")};
  const operation_node& operation = *document.doc()->operation({});
};

TEST_F(cached_document_test, DistinguishesPlansByTheVariablesThatDecide) {
  const value_object yes{{"x", value{true}}, {"n", value{1}}};
  const value_object also{{"n", value{2}}, {"x", value{true}}};
  const value_object no{{"x", value{false}}};
  EXPECT_EQ(document.conditions(yes), document.conditions(also));
  EXPECT_NE(document.conditions(yes), document.conditions(no));

  auto plan = plan_of(yes);
  document.keep(document.conditions(yes), plan);
  EXPECT_EQ(document.find(operation, document.conditions(also)), plan);
  EXPECT_EQ(document.find(operation, document.conditions(no)), nullptr);
}

TEST_F(cached_document_test, KeepsOnlySoManyPlans) {
  auto plan = plan_of({{"x", value{true}}});
  for (std::size_t i = 0; i <= cached_document::max_plans; ++i)
    document.keep(std::to_string(i), plan);
  EXPECT_EQ(document.find(operation, "0"), nullptr);
  EXPECT_EQ(document.find(operation, "1"), plan);
  EXPECT_EQ(document.find(operation, std::to_string(cached_document::max_plans)), plan);
}

}  // namespace
}  // namespace puff::graphql
