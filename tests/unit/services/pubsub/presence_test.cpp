#include "services/pubsub/presence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/redis/command.hpp"
#include "tests/support/engine_loop.hpp"
#include "tests/support/redis_server.hpp"

namespace puff::pubsub {
namespace {

using namespace std::chrono_literals;
using clock = deadline_wheel::clock;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class pubsub_presence : public testing::Test {
 protected:
  static redis::client_options options(const test::redis_server& server) {
    redis::client_options o;
    o.connection.url = *redis::parse_url(server.unix_url());
    return o;
  }
  std::unique_ptr<presence> make(std::chrono::milliseconds lease = 30s) {
    return std::make_unique<presence>(client, loop.wheel(), lease);
  }
  static attendance of(const std::string& who, const std::string& info = "null") {
    return {"a", who, info, false, clock::now() + 20s};
  }
  error enter(presence& at, const presence::member& inbox, const attendance& what) {
    std::optional<error> outcome;
    at.enter(inbox, what, [&](const error& e) { outcome = e; });
    EXPECT_TRUE(loop.run_until([&] { return outcome.has_value(); }));
    return *outcome;
  }
  error leave(presence& at, const std::string& who) {
    std::optional<error> outcome;
    at.leave(of(who), [&](const error& e) { outcome = e; });
    EXPECT_TRUE(loop.run_until([&] { return outcome.has_value(); }));
    return *outcome;
  }
  std::vector<std::string> who_is_there() {
    std::optional<std::vector<std::string>> all;
    here->list("a", clock::now() + 20s, [&](const expected<std::vector<pubsub_present>>& found) {
      all.emplace();
      for (const auto& each : *found) all->push_back(each.who + "=" + each.info);
    });
    EXPECT_TRUE(loop.run_until([&] { return all.has_value(); }));
    return *all;
  }
  void run(std::initializer_list<std::string_view> command) {
    bool done = false;
    client.send(redis::make_command(command), clock::now() + 20s,
                [&](const expected<std::vector<redis_value>>& r) { done = static_cast<bool>(r); });
    ASSERT_TRUE(loop.run_until([&] { return done; }));
  }

  test::redis_server server;
  test::engine_loop loop;
  redis::client client{loop.io(), loop.wheel(), options(server)};
  std::unique_ptr<presence> here = make();
  presence::member mine = std::make_shared<inbox>(), other = std::make_shared<inbox>();
};

TEST_F(pubsub_presence, WhoEntersIsThereUntilItLeaves) {
  EXPECT_THAT(who_is_there(), IsEmpty());
  ASSERT_FALSE(enter(*here, mine, of("me", "{\"x\":1}")));
  ASSERT_FALSE(enter(*here, other, of("you")));
  EXPECT_THAT(who_is_there(), UnorderedElementsAre("me={\"x\":1}", "you=null"));
  EXPECT_FALSE(leave(*here, "me"));
  EXPECT_THAT(who_is_there(), UnorderedElementsAre("you=null"));
  EXPECT_EQ(code_of(leave(*here, "me")), ec::not_found);
}

TEST_F(pubsub_presence, EnteringAgainChangesTheInfo) {
  enter(*here, mine, of("me", "1"));
  enter(*here, mine, of("me", "2"));
  EXPECT_THAT(who_is_there(), UnorderedElementsAre("me=2"));
}

TEST_F(pubsub_presence, AConnectionThatEndsLeavesAll) {
  enter(*here, mine, of("me"));
  enter(*here, mine, of("alias"));
  enter(*here, other, of("you"));
  here->leave_all(*mine);
  EXPECT_EQ(here->size(), 1u);
  EXPECT_TRUE(loop.run_until([&] { return who_is_there().size() == 1; }));
}

TEST_F(pubsub_presence, OneThatEndedWhileItEnteredIsNotThere) {
  mine->close();
  EXPECT_EQ(code_of(enter(*here, mine, of("me"))), ec::unavailable);
  EXPECT_TRUE(loop.run_until([&] { return who_is_there().empty(); }));
}

TEST_F(pubsub_presence, TheLeasesOfANodeThatDiedRunOut) {
  auto dying = make(150ms);
  enter(*dying, mine, of("me"));
  EXPECT_EQ(who_is_there().size(), 1u);
  dying.reset();
  EXPECT_TRUE(loop.run_until([&] { return who_is_there().empty(); }));
}

TEST_F(pubsub_presence, LeasesAreRenewedWhileTheNodeLives) {
  auto living = make(300ms);
  enter(*living, mine, of("me"));
  const auto until = clock::now() + 1s;
  EXPECT_TRUE(loop.run_until([&] {
    EXPECT_EQ(who_is_there().size(), 1u);
    return clock::now() > until;
  }));
}

TEST_F(pubsub_presence, WhoWasForgottenByTheServerEntersAgain) {
  auto living = make(150ms);
  enter(*living, mine, of("me", "7"));
  run({"FLUSHALL"});
  EXPECT_TRUE(loop.run_until([&] { return who_is_there().size() == 1; }));
  EXPECT_THAT(who_is_there(), UnorderedElementsAre("me=7"));
}

}  // namespace
}  // namespace puff::pubsub
