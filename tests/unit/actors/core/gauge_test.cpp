#include "actors/core/gauge.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace puff {
namespace {

TEST(gauge_test, WaitingIsNeverNegative) {
  gauge counts;
  counts.arrived = 2;
  counts.handled = 3;
  EXPECT_EQ(counts.waiting(), 0u);
}

TEST(gauge_test, SameNameIsTheSameCounterAndOrderIsThatOfTheFirstLookUp) {
  gauge counts;
  auto& b = counts.level("b");
  counts.total("a") = 1;
  for (int i = 0; i < 100; ++i) counts.level("more " + std::to_string(i));
  b = 5;
  EXPECT_EQ(&counts.level("b"), &b);
  EXPECT_EQ(counts.details()[0], (std::pair<std::string, std::uint64_t>{"b", 5}));
  EXPECT_EQ(counts.details()[1], (std::pair<std::string, std::uint64_t>{"a", 1}));
}

TEST(gauge_test, EndZeroesLevelsKeepsTotalsAndEmptiesTheMailbox) {
  gauge counts;
  counts.arrived = 9;
  counts.level("sessions") = 4;
  counts.total("commands") = 40;
  counts.end("why");
  EXPECT_EQ(counts.waiting(), 0u);
  EXPECT_EQ(counts.last_error(), "why");
  EXPECT_EQ(counts.level("sessions"), 0u);
  EXPECT_EQ(counts.total("commands"), 40u);
}

TEST(gauge_test, MayBeReadWhileItIsWritten) {
  gauge counts;
  std::thread writer{[&] {
    auto& n = counts.total("n");
    for (int i = 0; i < 10'000; ++i) n.fetch_add(1, std::memory_order_relaxed);
  }};
  std::uint64_t last = 0;
  while (last < 10'000) {
    auto all = counts.details();
    auto seen = all.empty() ? 0 : all[0].second;
    ASSERT_GE(seen, last);
    last = seen;
  }
  writer.join();
}

}  // namespace
}  // namespace puff
