#include "services/telemetry/counters.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace puff {
namespace {

TEST(counters, OneNameIsOneCounter) {
  counters all;
  all.count("http.requests").add();
  all.count("http.requests").add(2);
  EXPECT_EQ(all.count("http.requests").value(), 3u);
}

TEST(counters, SnapshotIsInOrderOfNames) {
  counters all;
  all.count("b").add(2);
  all.level("c").set(-3);
  all.count("a");
  auto samples = all.snapshot();
  ASSERT_EQ(samples.size(), 3u);
  EXPECT_EQ(samples[0].name, "a");
  EXPECT_EQ(samples[1].value, 2);
  EXPECT_EQ(samples[2].value, -3);
  EXPECT_EQ(samples[2].what, counters::sample::kind::gauge);
}

TEST(counters, ThreadsLoseNothing) {
  counters all;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&all, t] {
      for (int i = 0; i < 10000; ++i) {
        all.count("shared").add();
        all.level("level").add(t % 2 ? 1 : -1);
      }
    });
  for (auto& t : threads) t.join();
  EXPECT_EQ(all.count("shared").value(), 40000u);
  EXPECT_EQ(all.level("level").value(), 0);
}

}  // namespace
}  // namespace puff
