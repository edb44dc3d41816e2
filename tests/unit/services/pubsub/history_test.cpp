#include "services/pubsub/history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/redis/command.hpp"
#include "tests/support/engine_loop.hpp"
#include "tests/support/redis_server.hpp"

namespace puff::pubsub {
namespace {

using namespace std::chrono_literals;
using clock = deadline_wheel::clock;
using testing::ElementsAre;
using testing::IsEmpty;

class pubsub_history : public testing::Test {
 protected:
  static redis::client_options options(const test::redis_server& server) {
    redis::client_options o;
    o.connection.url = *redis::parse_url(server.unix_url());
    return o;
  }
  void keep(const std::string& body, std::uint32_t most = 100,
            std::chrono::milliseconds keep_for = 60s) {
    std::optional<error> outcome;
    publication what{subscription_kind::channel, "a", "me", body, clock::now() + 20s};
    what.keep = most;
    what.keep_for = keep_for;
    kept.keep(what, [&](const expected<std::uint64_t>& n) { outcome = n ? error{} : n.error(); });
    ASSERT_TRUE(loop.run_until([&] { return outcome.has_value(); }));
    ASSERT_FALSE(*outcome) << context_of(*outcome);
  }
  history_page read(const position& since = {}, std::size_t count = 1'000) {
    std::optional<expected<history_page>> page;
    kept.read("a", since, count, clock::now() + 20s,
              [&](expected<history_page> p) { page.emplace(std::move(p)); });
    EXPECT_TRUE(loop.run_until([&] { return page.has_value(); }));
    EXPECT_TRUE(*page);
    return std::move(**page);
  }
  void run(std::initializer_list<std::string_view> command) {
    bool done = false;
    server_client.send(
        redis::make_command(command), clock::now() + 20s,
        [&](const expected<std::vector<redis_value>>& r) { done = static_cast<bool>(r); });
    ASSERT_TRUE(loop.run_until([&] { return done; }));
  }
  static std::vector<std::string> bodies(const history_page& page) {
    std::vector<std::string> all;
    for (const auto& each : page.messages) all.push_back(each->body);
    return all;
  }

  test::redis_server server;
  test::engine_loop loop;
  redis::client server_client{loop.io(), loop.wheel(), options(server)};
  history kept{server_client, server_client};
};

TEST_F(pubsub_history, NothingIsThereAtFirst) {
  auto page = read();
  EXPECT_THAT(bodies(page), IsEmpty());
  EXPECT_EQ(page.newest, position{});
  EXPECT_TRUE(page.whole);
}

TEST_F(pubsub_history, MessagesHaveNumbersThatFollowEachOther) {
  for (auto body : {"x", "y", "z"}) keep(body);
  auto page = read();
  EXPECT_THAT(bodies(page), ElementsAre("x", "y", "z"));
  EXPECT_EQ(page.newest.number, 3u);
  EXPECT_EQ(page.messages[1]->position, to_text({page.newest.epoch, 2}));
  EXPECT_EQ(page.messages[1]->from, "me");
  EXPECT_EQ(page.messages[1]->channel, "a");
}

TEST_F(pubsub_history, WhatFollowsAPositionIsWhole) {
  for (auto body : {"x", "y", "z"}) keep(body);
  const auto epoch = read().newest.epoch;
  auto page = read({epoch, 1});
  EXPECT_THAT(bodies(page), ElementsAre("y", "z"));
  EXPECT_TRUE(page.whole);
  page = read({epoch, 3});
  EXPECT_THAT(bodies(page), IsEmpty());
  EXPECT_TRUE(page.whole);
}

TEST_F(pubsub_history, ItsLengthIsBoundedAndAHoleIsSeen) {
  for (int i = 1; i <= 10; ++i) keep(std::to_string(i), 3);
  const auto epoch = read().newest.epoch;
  EXPECT_THAT(bodies(read()), ElementsAre("8", "9", "10"));
  EXPECT_TRUE(read({epoch, 7}).whole);
  EXPECT_FALSE(read({epoch, 6}).whole);
  EXPECT_THAT(bodies(read({epoch, 6})), ElementsAre("8", "9", "10"));
}

TEST_F(pubsub_history, TheNewestAreGivenIfThereAreMoreThanWanted) {
  for (int i = 1; i <= 10; ++i) keep(std::to_string(i));
  const auto epoch = read().newest.epoch;
  auto page = read({epoch, 2}, 2);
  EXPECT_THAT(bodies(page), ElementsAre("9", "10"));
  EXPECT_FALSE(page.whole);
}

TEST_F(pubsub_history, APositionOfAnotherEpochIsNotWhole) {
  keep("x");
  const auto before = read().newest;
  run({"FLUSHALL"});
  EXPECT_FALSE(read(before).whole);
  keep("y");
  auto page = read(before);
  EXPECT_NE(page.newest.epoch, before.epoch);
  EXPECT_THAT(bodies(page), ElementsAre("y"));
  EXPECT_FALSE(page.whole);
}

TEST_F(pubsub_history, ANumberThatWasNotGivenYetIsNotWhole) {
  keep("x");
  auto page = read({read().newest.epoch, 5});
  EXPECT_THAT(bodies(page), ElementsAre("x"));
  EXPECT_FALSE(page.whole);
}

TEST_F(pubsub_history, AStreamWithoutItsHeadIsForgotten) {
  keep("x");
  run({"DEL", "puff:pubsub:{a}:h"});
  keep("y");
  EXPECT_THAT(bodies(read()), ElementsAre("y"));
}

TEST_F(pubsub_history, AHeadWithoutItsStreamIsNotWhole) {
  keep("x");
  const auto at = read().newest;
  keep("y");
  run({"DEL", "puff:pubsub:{a}:s"});
  EXPECT_FALSE(read(at).whole);
}

TEST_F(pubsub_history, ItGoesWhenItsTimeIsOver) {
  keep("x", 100, 1ms);
  EXPECT_TRUE(loop.run_until([&] { return read().newest.epoch.empty(); }));
}

TEST_F(pubsub_history, AnyBytesComeBack) {
  std::string body;
  for (int c = 0; c < 256; ++c) body += static_cast<char>(c);
  keep(body);
  EXPECT_THAT(bodies(read()), ElementsAre(body));
}

}  // namespace
}  // namespace puff::pubsub
