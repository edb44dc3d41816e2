#include "services/pubsub/inbox.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace puff::pubsub {
namespace {

pubsub_message_ptr message(std::string body) {
  return std::make_shared<pubsub_message>(pubsub_message{"c", "", "", std::move(body), {}});
}

pubsub_message_ptr message_at(std::string position) {
  return std::make_shared<pubsub_message>(pubsub_message{"c", "", "", position, position});
}

std::string body_of(inbox& from) {
  auto item = from.take();
  return item && item->message ? item->message->body : "(none)";
}

TEST(pubsub_inbox, KeepsOrder) {
  inbox in;
  for (int i = 0; i < 100; ++i) in.push(message(std::to_string(i)));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(body_of(in), std::to_string(i));
  EXPECT_FALSE(in.take());
}

TEST(pubsub_inbox, SharesWhatItHolds) {
  inbox in;
  auto shared = message("x");
  in.push(shared);
  EXPECT_EQ(in.take()->message.get(), shared.get());
}

TEST(pubsub_inbox, DropsTheOldestAndSaysHowMany) {
  inbox in{{.max_messages = 3}};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(in.push(message(std::to_string(i))), inbox::room::enough);
  for (int i = 3; i < 10; ++i)
    EXPECT_EQ(in.push(message(std::to_string(i))), inbox::room::overflowed);
  auto first = in.take();
  EXPECT_EQ(first->message->body, "7");
  EXPECT_EQ(first->gap.lost, 7u);
  EXPECT_FALSE(in.take()->gap);
  EXPECT_EQ(in.lost(), 7u);
}

TEST(pubsub_inbox, TellsWhatWasLostBeforeItCameHere) {
  inbox in;
  in.push(message("a"));
  in.missed({2, false});
  in.missed({1, true});
  in.push(message("b"));
  EXPECT_FALSE(in.take()->gap);
  const auto second = in.take();
  EXPECT_EQ(second->gap.lost, 3u);
  EXPECT_TRUE(second->gap.interrupted);
}

TEST(pubsub_inbox, IsBoundedByBytesButTakesOneMessageOfAnySize) {
  inbox in{{.max_bytes = 100}};
  in.push(message(std::string(90, 'a')));
  EXPECT_EQ(in.push(message(std::string(500, 'b'))), inbox::room::overflowed);
  EXPECT_EQ(in.size(), 1u);
  EXPECT_EQ(body_of(in).size(), 500u);
}

TEST(pubsub_inbox, AnInterruptionStandsBetweenWhatCameBeforeAndAfter) {
  inbox in;
  in.push(message("before"));
  in.interrupt();
  in.push(message("after"));
  EXPECT_FALSE(in.take()->gap);
  EXPECT_TRUE(in.take()->gap.interrupted);
}

TEST(pubsub_inbox, AnInterruptionSurvivesTheMessageItStoodBefore) {
  inbox in{{.max_messages = 1}};
  in.interrupt();
  in.push(message("1"));
  in.push(message("2"));
  auto item = in.take();
  EXPECT_EQ(item->message->body, "2");
  EXPECT_TRUE(item->gap.interrupted);
  EXPECT_EQ(item->gap.lost, 1u);
}

TEST(pubsub_inbox, TellsAGapAloneIfAskedTo) {
  inbox in{{.tells_gaps = true}};
  in.push(message("1"));
  in.interrupt();
  EXPECT_EQ(body_of(in), "1");
  auto gap = in.take();
  ASSERT_TRUE(gap);
  EXPECT_FALSE(gap->message);
  EXPECT_TRUE(gap->gap.interrupted);
  in.push(message("2"));
  EXPECT_FALSE(in.take()->gap);
}

TEST(pubsub_inbox, AGapAloneWakesOnlyWhoAskedForIt) {
  inbox quiet, telling{{.tells_gaps = true}};
  int woken = 0;
  EXPECT_TRUE(quiet.wait([&] { woken += 1; }));
  EXPECT_TRUE(telling.wait([&] { woken += 10; }));
  quiet.interrupt();
  telling.interrupt();
  EXPECT_EQ(woken, 10);
}

TEST(pubsub_inbox, WakesOnce) {
  inbox in;
  int woken = 0;
  EXPECT_TRUE(in.wait([&] { ++woken; }));
  in.push(message("1"));
  in.push(message("2"));
  EXPECT_EQ(woken, 1);
  EXPECT_FALSE(in.wait([&] { ++woken; }));
}

TEST(pubsub_inbox, ClosingWakesAndLeavesWhatIsThere) {
  inbox in;
  in.push(message("1"));
  in.close(make_error(ec::unavailable));
  EXPECT_EQ(in.push(message("2")), inbox::room::closed);
  EXPECT_FALSE(in.ended());
  EXPECT_EQ(body_of(in), "1");
  EXPECT_TRUE(in.ended());
  EXPECT_EQ(code_of(in.reason()), ec::unavailable);
  EXPECT_FALSE(in.wait([] {}));
}

TEST(pubsub_inbox, LosesNothingBetweenThreads) {
  inbox in{{.max_messages = 100'000}};
  std::thread writer{[&] {
    for (int i = 0; i < 50'000; ++i) in.push(message(std::to_string(i)));
    in.close();
  }};
  int next = 0;
  std::vector<pubsub_item> taken;
  while (!in.ended()) {
    taken.clear();
    in.take_all(taken);
    for (auto& item : taken) EXPECT_EQ(item.message->body, std::to_string(next++));
  }
  writer.join();
  EXPECT_EQ(next, 50'000);
}

TEST(pubsub_inbox, WhatItHadAlreadyIsLeftOut) {
  inbox in;
  in.has_all_up_to("c", {"e", 2});
  in.push(message_at("e-1"));
  in.push(message_at("e-2"));
  in.push(message("plain"));
  in.push(message_at("e-3"));
  in.push(message_at("e-2"));
  EXPECT_EQ(body_of(in), "plain");
  EXPECT_EQ(body_of(in), "e-3");
  EXPECT_EQ(body_of(in), "e-2");
}

}  // namespace
}  // namespace puff::pubsub
