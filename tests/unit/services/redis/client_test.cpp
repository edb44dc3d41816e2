#include "services/redis/client.hpp"

#include "tests/unit/services/redis/engine_fixture.hpp"

namespace puff::redis {
namespace {

using testing::HasSubstr;

class redis_client : public engine_fixture {
 protected:
  std::unique_ptr<client> client_of(const std::string& address) {
    return std::make_unique<client>(loop.io(), loop.wheel(),
                                    client_options{.connection = options_for(address)});
  }

  /// "alive", or the line that a start-up check would print.
  std::string ping(client& c, std::chrono::milliseconds in = 5s) {
    std::vector<error> outcomes;
    c.ping(clock::now() + in, [&](const error& e) { outcomes.push_back(e); });
    EXPECT_TRUE(loop.run_until([&] { return !outcomes.empty(); }));
    if (!outcomes.at(0)) return "alive";
    EXPECT_EQ(code_of(outcomes[0]), ec::unavailable);
    return context_of(outcomes[0]);
  }
  std::string ping(const std::string& address, std::chrono::milliseconds in = 5s) {
    return ping(*client_of(address), in);
  }
  static std::string local(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }
};

TEST_F(redis_client, SendsEachCommandToItsKindOfConnection) {
  test::redis_server server;
  auto c = client_of(server.unix_url());
  auto waits = send(*c, {"BLPOP", "q", "0"});
  EXPECT_EQ(ask(*c, {"PING"}), "PONG");
  EXPECT_FALSE(waits->answered());
  EXPECT_EQ(c->stats().blocking.busy, 1u);
  EXPECT_EQ(ask(*c, {"RPUSH", "q", "x"}), "1");
  wait_for(*waits);
  EXPECT_EQ(waits->text(), "array of 2");
  EXPECT_EQ(c->stats().shared.state, connection_state::ready);
}

TEST_F(redis_client, RefusesWhatWouldHarmOthers) {
  test::redis_server server;
  auto c = client_of(server.unix_url());
  EXPECT_EQ(send(*c, {"SELECT", "1"})->code(), ec::unsupported);
  EXPECT_EQ(send(*c, redis_commands{"PING\r\n", 1})->code(), ec::bad_argument);
  EXPECT_EQ(ask(*c, {"PING"}), "PONG");
}

TEST_F(redis_client, AServerThatAnswersIsAlive) {
  test::redis_server server{{"--requirepass", "pw"}};
  EXPECT_EQ(ping("redis://:pw@" + local(server.port())), "alive");
}

TEST_F(redis_client, AUserWhoMayNotPingIsAliveToo) {
  test::redis_server server{{"--user", "ann", "on", ">pw", "~*", "+get"}};
  EXPECT_EQ(ping("redis://ann:pw@" + local(server.port())), "alive");
}

TEST_F(redis_client, ACheckWaitsForAServerThatIsStillStarting) {
  test::redis_server server;
  server.kill();
  auto c = client_of(server.unix_url());
  std::vector<error> outcomes;
  c->ping(clock::now() + 20s, [&](const error& e) { outcomes.push_back(e); });
  ASSERT_TRUE(
      loop.run_until([&] { return c->stats().shared.state == connection_state::retrying; }));
  server.start();
  ASSERT_TRUE(loop.run_until([&] { return !outcomes.empty(); }));
  EXPECT_FALSE(outcomes[0]);
}

TEST_F(redis_client, AFailedCheckIsOneLineWithUrlAndReason) {
  auto port = test::free_port();
  EXPECT_EQ(
      ping("redis://:hidden@" + local(port), 100ms),
      "redis://:***@" + local(port) + "/0: connection refused; is a Redis server listening there?");
  EXPECT_EQ(ping("unix:///nowhere/r.sock", 100ms), "unix:///nowhere/r.sock: no such socket file");
  EXPECT_THAT(ping("redis://no..where", 1s), HasSubstr("not found"));
  EXPECT_THAT(ping("redis+sentinel://" + local(port) + "/shop", 100ms),
              HasSubstr("Sentinel " + local(port) + ": connection refused"));
}

TEST_F(redis_client, AHopelessCheckFailsLongBeforeItsDeadline) {
  test::redis_server server{{"--requirepass", "pw", "--databases", "2"}};
  auto host = local(server.port());
  EXPECT_THAT(ping("redis://:bad@" + host, 1h), HasSubstr("WRONGPASS"));
  EXPECT_THAT(ping("redis://" + host, 1h), HasSubstr("NOAUTH"));
  EXPECT_THAT(ping("redis://:pw@" + host + "/7", 1h), HasSubstr("SELECT 7: ERR DB index is out"));
  test::scripted_peer web{loop.io(), [](const std::string&) {
                            return std::string{"HTTP/1.1 400 Bad Request\r\n\r\n"};
                          }};
  EXPECT_THAT(ping(web.url(), 1h), HasSubstr("not a Redis server"));
}

TEST_F(redis_client, ASecondCheckKnowsWhatTheFirstLearned) {
  test::redis_server server{{"--requirepass", "pw"}};
  auto c = client_of("redis://" + local(server.port()));
  EXPECT_THAT(ping(*c, 1h), HasSubstr("NOAUTH"));
  EXPECT_THAT(ping(*c, 1h), HasSubstr("NOAUTH"));
}

TEST_F(redis_client, ASilentServerFailsTheCheckAtItsDeadline) {
  test::scripted_peer silent{loop.io(), [](const std::string&) { return std::string{}; }};
  EXPECT_THAT(ping(silent.url(), 50ms), HasSubstr("no connection in time"));
}

TEST_F(redis_client, CloseAnswersChecks) {
  auto c = client_of("redis://" + local(test::free_port()));
  std::vector<error> outcomes;
  c->ping(clock::now() + 20s, [&](const error& e) { outcomes.push_back(e); });
  c->close();
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_EQ(code_of(outcomes[0]), ec::shutting_down);
}

}  // namespace
}  // namespace puff::redis
