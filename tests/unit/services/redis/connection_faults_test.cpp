#include "services/redis/connection.hpp"
#include "tests/unit/services/redis/engine_fixture.hpp"

namespace puff::redis {
namespace {

using testing::HasSubstr;

class redis_connection_faults : public engine_fixture {
 protected:
  std::unique_ptr<connection> connect(connection_options options) {
    auto result = std::make_unique<connection>(loop.io(), loop.wheel(), std::move(options));
    result->start();
    return result;
  }
  std::unique_ptr<connection> connect(const std::string& address) {
    return connect(options_for(address));
  }
  /// A peer that shakes hands and then says `after` to each batch of commands.
  test::scripted_peer::script greeting(std::string after) {
    return [after = std::move(after)](const std::string& received) {
      return received.find("SETNAME") != std::string::npos ? "+OK\r\n" : after;
    };
  }
};

TEST_F(redis_connection_faults, AnswersEachCommandOnceWhileTheServerDiesAndComesBack) {
  test::redis_server server;
  auto c = connect(server.tcp_url());
  int sent = 0, answers = 0, good = 0, lost = 0;
  std::function<void()> one_more = [&] {
    ++sent;
    c->send(make_command({"INCR", "n"}), clock::now() + 20s, [&](const replies& r) {
      ++answers;
      good += static_cast<bool>(r);
      if (!r && code_of(r.error()) == ec::connection_lost) ++lost;
      if (sent < 60'000) one_more();
    });
  };
  for (int i = 0; i < 200; ++i) one_more();
  for (int round = 1; round <= 3; ++round) {
    ASSERT_TRUE(loop.run_until([&] { return good > round * 10'000; }));
    server.kill();
    ASSERT_TRUE(wait_for_state(*c, connection_state::retrying));
    server.start();
  }
  ASSERT_TRUE(loop.run_until([&] { return answers == sent; }));
  EXPECT_GE(sent, 60'000);
  EXPECT_GT(lost, 0);
  EXPECT_EQ(good + lost, sent);
  EXPECT_EQ(c->stats().connects, 4u);
  EXPECT_EQ(c->stats().pending, 0u);
}

TEST_F(redis_connection_faults, KeepsUnwrittenCommandsForTheNextConnection) {
  test::redis_server server;
  server.kill();
  auto c = connect(server.unix_url());
  auto early = send(*c, {"PING"});
  ASSERT_TRUE(wait_for_state(*c, connection_state::retrying));
  EXPECT_THAT(c->stats().last_error, HasSubstr("no such socket file"));
  auto later = send(*c, {"ECHO", "later"});
  server.start();
  wait_for(*later);
  EXPECT_EQ(early->text(), "PONG");
  EXPECT_EQ(later->text(), "later");
}

TEST_F(redis_connection_faults, SurvivesClientKill) {
  test::redis_server server;
  auto c = connect(server.tcp_url());
  auto killer = connect(server.tcp_url());
  EXPECT_EQ(ask(*c, {"SET", "k", "v"}), "OK");
  auto id = ask(*c, {"CLIENT", "ID"});
  EXPECT_EQ(ask(*killer, {"CLIENT", "KILL", "ID", id}), "1");
  ASSERT_TRUE(wait_for_state(*c, connection_state::retrying));
  EXPECT_EQ(ask(*c, {"GET", "k"}), "v");
  EXPECT_EQ(c->stats().connects, 2u);
}

TEST_F(redis_connection_faults, NeverSendsACommandTwice) {
  int seen = 0;
  std::unique_ptr<test::scripted_peer> peer;
  peer = std::make_unique<test::scripted_peer>(loop.io(), [&](const std::string& received) {
    if (received.find("SETNAME") != std::string::npos) return std::string{"+OK\r\n"};
    seen += received.find("INCR") != std::string::npos;
    if (seen == 1 && peer->connections() == 1) peer->hang_up();
    return std::string{};
  });
  auto c = connect(peer->url());
  ASSERT_TRUE(wait_for_state(*c, connection_state::ready));
  auto asked = send(*c, {"INCR", "n"});
  wait_for(*asked);
  EXPECT_EQ(asked->code(), ec::connection_lost);
  EXPECT_THAT(asked->reason(), HasSubstr("may have run"));
  ASSERT_TRUE(loop.run_until([&] { return peer->connections() == 2; }));
  ASSERT_TRUE(wait_for_state(*c, connection_state::ready));
  loop.run_ready();
  EXPECT_EQ(seen, 1);
}

TEST_F(redis_connection_faults, TakesBackWhatTheKernelNeverTook) {
  test::redis_server server;
  auto c = connect(server.unix_url());
  EXPECT_EQ(ask(*c, {"PING"}), "PONG");
  server.freeze();
  std::string value(900 << 10, 'x');
  std::vector<std::shared_ptr<outcome>> asked;
  for (int i = 0; i < 20; ++i) asked.push_back(send(*c, {"SET", std::to_string(i), value}));
  loop.run_ready();
  server.kill();
  server.start();
  for (const auto& o : asked) wait_for(*o);
  EXPECT_EQ(asked.front()->code(), ec::connection_lost);
  EXPECT_EQ(asked.back()->text(), "OK");
  auto kept = std::ranges::count_if(asked, [](const auto& o) { return o->text() == "OK"; });
  EXPECT_EQ(ask(*c, {"DBSIZE"}), std::to_string(kept));
}

TEST_F(redis_connection_faults, ADeadlineAnswersAtOnceAndTheLateReplyIsSwallowedInOrder) {
  test::redis_server server;
  auto c = connect(server.unix_url());
  EXPECT_EQ(ask(*c, {"PING"}), "PONG");
  server.freeze();
  auto late = send(*c, {"ECHO", "late"}, 30ms);
  auto patient = send(*c, {"ECHO", "patient"});
  wait_for(*late);
  EXPECT_EQ(late->code(), ec::timed_out);
  EXPECT_EQ(c->stats().pending, 2u);
  server.thaw();
  wait_for(*patient);
  EXPECT_EQ(patient->text(), "patient");
  EXPECT_EQ(late->calls(), 1u);
  EXPECT_EQ(c->stats().pending, 0u);
  EXPECT_EQ(ask(*c, {"ECHO", "next"}), "next");
}

TEST_F(redis_connection_faults, TheReasonOfARefusedConnectionIsInTheTimeout) {
  auto c = connect("redis://127.0.0.1:" + std::to_string(test::free_port()));
  auto asked = send(*c, {"PING"}, 100ms);
  wait_for(*asked);
  EXPECT_EQ(asked->code(), ec::timed_out);
  EXPECT_THAT(asked->reason(), HasSubstr("connection refused"));
}

TEST_F(redis_connection_faults, AServerThatAcceptsAndSaysNothingIsGivenUp) {
  test::scripted_peer peer{loop.io(), [](const std::string&) { return std::string{}; }};
  auto options = options_for(peer.url());
  options.connect_timeout = 50ms;
  auto c = connect(options);
  ASSERT_TRUE(loop.run_until([&] { return peer.connections() == 3; }));
  EXPECT_THAT(c->stats().last_error, HasSubstr("no answer within 50 ms"));
}

TEST_F(redis_connection_faults, BacksOffWithGrowingPauses) {
  int attempts = 0;
  auto options = options_for("unix:///nowhere/redis.sock");
  options.last_backoff = 200ms;
  connection c{loop.io(), loop.wheel(), options, [&](connection_state s, const error&) {
                 attempts += s == connection_state::connecting;
               }};
  c.start();
  auto start = clock::now();
  ASSERT_TRUE(loop.run_until([&] { return attempts == 6; }));
  EXPECT_GE(clock::now() - start, (20ms + 40ms + 80ms + 160ms + 200ms) / 2);
}

TEST_F(redis_connection_faults, GarbageBreaksTheConnectionAndNothingElse) {
  for (auto garbage :
       {"HTTP/1.1 400 Bad Request\r\n\r\n", "$-5\r\n", ":notanumber\r\n", "\xff\xfe\xfd\xfc\r\n",
        "*9999999999999\r\n", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n"}) {
    test::scripted_peer peer{loop.io(), greeting(garbage)};
    auto c = connect(peer.url());
    auto asked = send(*c, {"GET", "a"});
    wait_for(*asked);
    EXPECT_EQ(asked->code(), ec::connection_lost) << garbage;
    EXPECT_THAT(asked->reason(), HasSubstr("not a Redis server")) << garbage;
  }
}

TEST_F(redis_connection_faults, GarbageInsteadOfAHandshakeNeverMakesItReady) {
  test::scripted_peer peer{
      loop.io(), [](const std::string&) { return std::string{"220 mail.example ESMTP\r\n"}; }};
  auto c = connect(peer.url());
  ASSERT_TRUE(wait_for_state(*c, connection_state::retrying));
  EXPECT_EQ(code_of(c->last_error()), ec::bad_request);
  EXPECT_EQ(c->stats().connects, 0u);
}

TEST_F(redis_connection_faults, AReplyThatNobodyAskedForBreaksTheConnection) {
  test::scripted_peer peer{loop.io(), greeting("+ONE\r\n+TWO\r\n")};
  auto c = connect(peer.url());
  EXPECT_EQ(ask(*c, {"PING"}), "ONE");
  ASSERT_TRUE(wait_for_state(*c, connection_state::retrying));
  EXPECT_THAT(c->stats().last_error, HasSubstr("nobody asked for"));
}

TEST_F(redis_connection_faults, HalfAReplyIsNoReply) {
  test::scripted_peer peer{loop.io(), greeting("*2\r\n$5\r\nhel")};
  auto c = connect(peer.url());
  auto asked = send(*c, {"LRANGE", "l", "0", "-1"});
  ASSERT_TRUE(wait_for_state(*c, connection_state::ready));
  loop.run_ready();
  EXPECT_FALSE(asked->answered());
  peer.say("lo\r\n:7\r\n");
  wait_for(*asked);
  EXPECT_EQ(asked->text(), "array of 2");
}

TEST_F(redis_connection_faults, AConnectionCutInsideAReplyIsLost) {
  test::scripted_peer peer{loop.io(), greeting("$100\r\nonly this")};
  auto c = connect(peer.url());
  auto asked = send(*c, {"GET", "a"});
  ASSERT_TRUE(wait_for_state(*c, connection_state::ready));
  loop.run_ready();
  peer.hang_up();
  wait_for(*asked);
  EXPECT_EQ(asked->code(), ec::connection_lost);
}

TEST_F(redis_connection_faults, AReplyAboveTheLimitBreaksTheConnection) {
  test::redis_server server;
  auto options = options_for(server.unix_url());
  options.max_reply_bytes = 100'000;
  auto c = connect(options);
  EXPECT_EQ(ask(*c, {"SET", "k", std::string(5 << 20, 'x')}), "OK");
  auto asked = send(*c, {"GET", "k"});
  wait_for(*asked);
  EXPECT_EQ(asked->code(), ec::connection_lost);
  EXPECT_THAT(asked->reason(), HasSubstr("more than 100000 bytes"));
  EXPECT_EQ(ask(*c, {"STRLEN", "k"}), std::to_string(5 << 20));
}

TEST_F(redis_connection_faults, AnUnknownHostIsNamed) {
  auto c = connect("redis://no..where");
  ASSERT_TRUE(wait_for_state(*c, connection_state::retrying));
  EXPECT_THAT(c->stats().last_error, HasSubstr("'no..where' not found"));
}

}  // namespace
}  // namespace puff::redis
