#include "services/postgres/internal/statement_cache.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace puff::postgres::internal {
namespace {

using testing::ElementsAre;

struct statement_cache_test : testing::Test {
  statement_cache cache{2};

  std::shared_ptr<statement> get(std::string_view text, std::vector<std::uint32_t> types = {}) {
    auto found = cache.find_or_add(text, types, backslashes::are_plain);
    if (found) found->prepared = true;
    return found;
  }
};

TEST_F(statement_cache_test, FindsAStatementByTextAndTypes) {
  auto a = get("a");
  EXPECT_EQ(get("a"), a);
  EXPECT_NE(get("a", {23}), a);
  EXPECT_EQ(cache.size(), 2u);
  EXPECT_NE(get("a", {23})->name, a->name);
}

TEST_F(statement_cache_test, MakesRoomByTheOneNotUsedForTheLongestTime) {
  auto a = get("a"), b = get("b");
  get("a");
  get("c");
  EXPECT_TRUE(b->gone);
  EXPECT_FALSE(a->gone);
  EXPECT_THAT(cache.take_evicted(), ElementsAre(b->name));
  EXPECT_EQ(cache.evicted(), 0u);
}

TEST_F(statement_cache_test, HasNoRoomWhileTheServerHoldsTooManyForgottenOnes) {
  for (const auto* text : {"a", "b", "c", "d"}) EXPECT_TRUE(get(text));
  EXPECT_FALSE(get("e"));
  EXPECT_TRUE(get("d"));
  cache.take_evicted();
  EXPECT_TRUE(get("e"));
}

TEST_F(statement_cache_test, NeverUsesANameTwice) {
  auto first = get("a");
  cache.forget(first);
  auto second = get("a");
  cache.clear();
  EXPECT_NE(first->name, second->name);
  EXPECT_NE(get("a")->name, second->name);
  EXPECT_TRUE(first->gone && second->gone);
  EXPECT_EQ(cache.evicted(), 0u);
}

TEST_F(statement_cache_test, SharesNoNameWithAnotherCache) {
  statement_cache other{2};
  EXPECT_NE(get("a")->name, other.find_or_add("a", {}, backslashes::are_plain)->name);
}

TEST_F(statement_cache_test, ForgettingAnOldOneLeavesItsSuccessor) {
  auto first = get("a");
  cache.discard(first);
  auto second = get("a");
  cache.forget(first);
  EXPECT_EQ(get("a"), second);
  EXPECT_THAT(cache.take_evicted(), ElementsAre(first->name));
}

TEST_F(statement_cache_test, OfNoCapacityHoldsNothing) {
  statement_cache none{0};
  EXPECT_FALSE(none.find_or_add("a", {}, backslashes::are_plain));
}

}  // namespace
}  // namespace puff::postgres::internal
