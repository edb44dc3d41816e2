#include "services/addons/lanes.hpp"

#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <string>

namespace puff::addons {
namespace {

using namespace std::chrono_literals;

TEST(lanes, RunsTheJobsOfALaneInOrder) {
  lanes all{1000};
  const auto lane = all.add();
  all.start(4);
  std::string seen;  // unguarded: one job at a time
  std::promise<void> done;
  for (char c = 'a'; c <= 'z'; ++c) ASSERT_TRUE(all.post(lane, [&seen, c] { seen += c; }));
  ASSERT_TRUE(all.post(lane, [&] { done.set_value(); }));
  done.get_future().wait();
  EXPECT_EQ(seen, "abcdefghijklmnopqrstuvwxyz");
  EXPECT_TRUE(all.stop(5s));
}

TEST(lanes, RunsLaneZeroSideBySide) {
  lanes all{1000};
  all.start(3);
  std::latch together{3};
  std::promise<void> done;
  ASSERT_TRUE(all.post(0, [&] { together.arrive_and_wait(); }));
  ASSERT_TRUE(all.post(0, [&] { together.arrive_and_wait(); }));
  ASSERT_TRUE(all.post(0, [&] {
    together.arrive_and_wait();
    done.set_value();
  }));
  done.get_future().wait();
  EXPECT_TRUE(all.stop(5s));
}

TEST(lanes, RefusesWhatIsAboveItsBound) {
  lanes all{2};
  const auto lane = all.add();
  all.start(1);
  std::promise<void> begun, go;
  ASSERT_TRUE(all.post(lane, [&] {
    begun.set_value();
    go.get_future().wait();
  }));
  begun.get_future().wait();
  EXPECT_TRUE(all.post(lane, [] {}));
  EXPECT_TRUE(all.post(lane, [] {}));
  EXPECT_FALSE(all.post(lane, [] {}));
  EXPECT_EQ(all.waiting(), 2u);
  go.set_value();
  EXPECT_TRUE(all.stop(5s));
}

TEST(lanes, LeavesAThreadBehindThatDoesNotEnd) {
  std::promise<void> begun, go, ended;
  {
    lanes all{2};
    all.start(1);
    ASSERT_TRUE(all.post(0, [&] {
      begun.set_value();
      go.get_future().wait();
      ended.set_value();
    }));
    begun.get_future().wait();
    EXPECT_FALSE(all.stop(1ms));
    EXPECT_FALSE(all.post(0, [] {}));
  }
  go.set_value();
  ended.get_future().wait();
}

TEST(lanes, RunsWhatIsDueInItsOrder) {
  lanes all{10};
  const auto lane = all.add();
  all.start(2);
  std::string seen;
  std::promise<void> done;
  const auto now = lanes::clock::now();
  all.at(now + 30ms, lane, [&] {
    seen += "c";
    done.set_value();
  });
  all.at(now + 10ms, lane, [&] { seen += "a"; });
  all.at(now + 20ms, lane, [&] { seen += "b"; });
  done.get_future().wait();
  EXPECT_EQ(seen, "abc");
  EXPECT_TRUE(all.stop(5s));
}

}  // namespace
}  // namespace puff::addons
