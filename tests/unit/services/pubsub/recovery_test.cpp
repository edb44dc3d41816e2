#include "services/pubsub/recovery.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace puff::pubsub {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

pubsub_message_ptr message(std::uint64_t number, const std::string& epoch = "e") {
  auto made = std::make_shared<pubsub_message>();
  made->channel = "a";
  made->body = std::to_string(number);
  if (number > 0) made->position = to_text({epoch, number});
  return made;
}

history_page page_of(std::uint64_t first, std::uint64_t last) {
  history_page page{{"e", last}, {}, true};
  for (auto n = first; n <= last; ++n) page.messages.push_back(message(n));
  return page;
}

std::vector<std::string> bodies(const std::optional<recovery::outcome>& of) {
  std::vector<std::string> all;
  for (const auto& each : of->messages) all.push_back(each->body);
  return all;
}

TEST(pubsub_recovery, AChannelOnWhichNothingIsKeptIsNotRemembered) {
  recovery r;
  EXPECT_TRUE(r.admits("a", message(0)));
  EXPECT_FALSE(r.is_complete("a"));
  EXPECT_FALSE(r.begin("a"));
}

TEST(pubsub_recovery, AsksForWhatFollowsTheLastPosition) {
  recovery r;
  EXPECT_TRUE(r.admits("a", message(1)));
  EXPECT_TRUE(r.admits("a", message(2)));
  EXPECT_TRUE(r.is_complete("a"));
  EXPECT_EQ(r.begin("a")->since, (position{"e", 2}));
}

TEST(pubsub_recovery, WhatComesMeanwhileFollowsWhatWasReadOnce) {
  recovery r;
  r.admits("a", message(1));
  auto asked = r.begin("a");
  EXPECT_FALSE(r.admits("a", message(3)));
  EXPECT_FALSE(r.admits("a", message(4)));
  auto page = page_of(2, 3);
  auto done = r.finish("a", asked->attempt, &page);
  EXPECT_TRUE(done->complete);
  EXPECT_THAT(bodies(done), ElementsAre("2", "3", "4"));
}

TEST(pubsub_recovery, WhatTheReaderBringsAfterwardsIsNotRepeated) {
  recovery r;
  r.admits("a", message(1));
  auto asked = r.begin("a");
  auto page = page_of(2, 3);
  r.finish("a", asked->attempt, &page);
  EXPECT_FALSE(r.admits("a", message(2)));
  EXPECT_FALSE(r.admits("a", message(3)));
  EXPECT_TRUE(r.admits("a", message(4)));
  EXPECT_TRUE(r.admits("a", message(1, "another")));
}

TEST(pubsub_recovery, AFailedReadGivesWhatCame) {
  recovery r;
  r.admits("a", message(1));
  auto asked = r.begin("a");
  r.admits("a", message(5));
  auto done = r.finish("a", asked->attempt, nullptr);
  EXPECT_FALSE(done->complete);
  EXPECT_THAT(bodies(done), ElementsAre("5"));
}

TEST(pubsub_recovery, AnotherInterruptionBeginsAgain) {
  recovery r;
  r.admits("a", message(1));
  auto first = r.begin("a");
  r.admits("a", message(3));
  r.interrupt();
  auto page = page_of(2, 3);
  EXPECT_FALSE(r.finish("a", first->attempt, &page));
  auto second = r.begin("a");
  EXPECT_EQ(second->since, (position{"e", 1}));
  EXPECT_THAT(bodies(r.finish("a", second->attempt, &page)), ElementsAre("2", "3"));
}

TEST(pubsub_recovery, AChannelWithMessagesThatAreNotKeptIsNeverComplete) {
  recovery r;
  r.admits("a", message(1));
  r.admits("a", message(0));
  EXPECT_FALSE(r.is_complete("a"));
  EXPECT_TRUE(r.begin("a"));
}

TEST(pubsub_recovery, WhatWaitsIsBounded) {
  recovery r;
  r.admits("a", message(1));
  auto asked = r.begin("a");
  for (std::uint64_t n = 2; n < 30'000; ++n) r.admits("a", message(n));
  auto done = r.finish("a", asked->attempt, nullptr);
  EXPECT_EQ(done->messages.size(), 10'000u);
  EXPECT_EQ(done->messages.back()->body, "29999");
}

TEST(pubsub_recovery, WhoeverLeavesIsForgotten) {
  recovery r;
  r.remember("a", {"e", 3});
  EXPECT_TRUE(r.is_complete("a"));
  auto asked = r.begin("a");
  r.forget("a");
  auto page = page_of(4, 5);
  EXPECT_FALSE(r.finish("a", asked->attempt, &page));
}

}  // namespace
}  // namespace puff::pubsub
