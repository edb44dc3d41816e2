#include "services/federation/asks.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace puff::federation {
namespace {

using namespace std::chrono_literals;

class pending_asks : public testing::Test {
 protected:
  std::uint64_t add(const node_identity& to, std::optional<actor_outcome>& into,
                    std::chrono::milliseconds within = 1s) {
    asks::pending p;
    p.letter.to.name = "Counter/1";
    p.letter.deadline = start + within;
    p.done = [&into](actor_outcome outcome) { into = std::move(outcome); };
    return under_way.add(to, std::move(p));
  }
  static ec code(const std::optional<actor_outcome>& outcome) {
    return outcome ? std::get<actor_failure>(*outcome).code : ec::none;
  }

  asks::clock::time_point start{};
  deadline_wheel wheel{start};
  asks under_way{wheel, 2};
  const node_identity here{"a", 1}, there{"b", 2};
  std::optional<actor_outcome> first, second, third;
};

TEST_F(pending_asks, TimeOutAtTheDeadlineAndNotBefore) {
  add(here, first, 100ms);
  wheel.advance(start + 99ms);
  EXPECT_FALSE(first);
  wheel.advance(start + 101ms);
  EXPECT_EQ(code(first), ec::timed_out);
  EXPECT_EQ(under_way.size(), 0U);
}

TEST_F(pending_asks, AreTakenOnceAndByTheOneThatWasAsked) {
  const auto number = add(here, first);
  EXPECT_FALSE(under_way.take(number, there).done);
  EXPECT_TRUE(under_way.take(number, here).done);
  EXPECT_FALSE(under_way.take(number, here).done);
  wheel.advance(start + 2s);
  EXPECT_FALSE(first);
}

TEST_F(pending_asks, HaveCreditForEachNode) {
  const auto number = add(here, first);
  add(here, second);
  EXPECT_FALSE(under_way.has_credit(here));
  EXPECT_TRUE(under_way.has_credit(there));
  under_way.take(number, here);
  EXPECT_TRUE(under_way.has_credit(here));
}

TEST_F(pending_asks, FailTogetherWhenTheirNodeIsGone) {
  add(here, first);
  add(there, second);
  add(here, third);
  under_way.fail(here, {ec::unavailable, {}, "gone", {}});
  EXPECT_EQ(code(first), ec::unavailable);
  EXPECT_EQ(code(third), ec::unavailable);
  EXPECT_FALSE(second);
  EXPECT_EQ(under_way.peers(), std::vector{there});
}

}  // namespace
}  // namespace puff::federation
