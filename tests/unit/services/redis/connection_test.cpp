#include "services/redis/connection.hpp"

#include "tests/unit/services/redis/engine_fixture.hpp"

namespace puff::redis {
namespace {

using testing::HasSubstr;

class redis_connection : public engine_fixture {
 protected:
  std::unique_ptr<connection> connect(connection_options options) {
    auto result = std::make_unique<connection>(loop.io(), loop.wheel(), std::move(options));
    result->start();
    return result;
  }
  std::unique_ptr<connection> connect(const std::string& address) {
    return connect(options_for(address));
  }
};

TEST_F(redis_connection, TalksOverTcpAndUnixSockets) {
  test::redis_server server;
  for (const auto& address : {server.tcp_url(), server.unix_url(),
                              "redis://localhost:" + std::to_string(server.port())}) {
    auto c = connect(address);
    EXPECT_EQ(ask(*c, {"SET", "key", address}), "OK");
    EXPECT_EQ(ask(*c, {"GET", "key"}), address);
    EXPECT_EQ(ask(*c, {"GET", "none"}), "(nil)");
  }
}

TEST_F(redis_connection, ChangesItsStateAsItGoes) {
  test::redis_server server;
  std::vector<connection_state> seen;
  connection c{loop.io(), loop.wheel(), options_for(server.tcp_url()),
               [&](connection_state s, const error&) { seen.push_back(s); }};
  EXPECT_EQ(c.state(), connection_state::idle);
  c.start();
  EXPECT_TRUE(wait_for_state(c, connection_state::ready));
  c.close();
  EXPECT_EQ(seen, (std::vector{connection_state::connecting, connection_state::ready,
                               connection_state::closed}));
}

TEST_F(redis_connection, LogsInSelectsAndNamesItself) {
  test::redis_server server{{"--requirepass", "s3cret", "--databases", "4"}};
  auto port = std::to_string(server.port());
  auto c = connect("redis://:s3cret@127.0.0.1:" + port + "/3?client_name=tester");
  EXPECT_THAT(ask(*c, {"CLIENT", "INFO"}),
              testing::AllOf(HasSubstr("name=tester"), HasSubstr(" db=3 ")));
}

TEST_F(redis_connection, LogsInAsAnAclUser) {
  test::redis_server server{{"--user", "ann", "on", ">pw", "~*", "+get", "+auth", "+client|info"}};
  auto c = connect("redis://ann:pw@127.0.0.1:" + std::to_string(server.port()));
  EXPECT_THAT(ask(*c, {"CLIENT", "INFO"}), HasSubstr("user=ann"));
  EXPECT_THAT(ask(*c, {"SET", "a", "b"}), HasSubstr("NOPERM"));
}

TEST_F(redis_connection, WaitsWithAReasonWhileTheServerRefusesIt) {
  test::redis_server server{{"--requirepass", "s3cret", "--databases", "2"}};
  auto host = "127.0.0.1:" + std::to_string(server.port());
  for (auto [address, reason] : {std::pair{"redis://:wrong@" + host, "WRONGPASS"},
                                 {"redis://" + host, "NOAUTH"},
                                 {"redis://:s3cret@" + host + "/9", "DB index is out of range"}}) {
    auto c = connect(address);
    auto asked = send(*c, {"PING"}, 300ms);
    wait_for(*asked);
    EXPECT_EQ(asked->code(), ec::timed_out);
    EXPECT_THAT(asked->reason(), HasSubstr(reason));
    EXPECT_THAT(asked->reason(), testing::Not(HasSubstr("s3cret")));
    EXPECT_EQ(c->stats().connects, 0u);
  }
}

TEST_F(redis_connection, FlushesATurnInOneWrite) {
  int wakeups = 0;
  std::string all;
  test::scripted_peer peer{loop.io(), [&](const std::string& received) {
                             ++wakeups;
                             all += received;
                             return wakeups == 1 ? "+OK\r\n" : std::string{};
                           }};
  auto c = connect(peer.url());
  ASSERT_TRUE(wait_for_state(*c, connection_state::ready));
  all.clear();
  for (int i = 0; i < 500; ++i) send(*c, {"PING"});
  ASSERT_TRUE(loop.run_until([&] { return wakeups > 1; }));
  EXPECT_EQ(all.size(), 500 * make_command({"PING"}).wire.size());
  EXPECT_EQ(wakeups, 2);
}

TEST_F(redis_connection, AnswersAHundredThousandPipelinedCommandsInOrder) {
  test::redis_server server;
  auto options = options_for(server.unix_url());
  options.max_pending = 200'000;
  auto c = connect(options);
  int next = 0, wrong = 0;
  for (int i = 0; i < 100'000; ++i)
    c->send(make_command({"INCR", "n"}), clock::now() + 60s, [&, i](replies r) {
      wrong += next++ != i || !r || std::get<std::int64_t>(r->at(0).data) != i + 1;
    });
  ASSERT_TRUE(loop.run_until([&] { return next == 100'000; }));
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(c->stats().pending, 0u);
  EXPECT_EQ(c->stats().commands, 100'000u);
}

TEST_F(redis_connection, RunsASequenceAsOneRequest) {
  test::redis_server server;
  auto c = connect(server.unix_url());
  redis_commands sequence;
  for (auto command :
       {make_command({"MULTI"}), make_command({"SET", "a", "1"}), make_command({"INCR", "a"}),
        make_command({"EXEC"}), make_command({"LPUSH", "a", "x"})})
    sequence.wire += command.wire;
  sequence.count = 5;
  auto asked = send(*c, std::move(sequence));
  wait_for(*asked);
  ASSERT_TRUE(asked->all[0]) << asked->reason();
  ASSERT_EQ(asked->all[0]->size(), 5u);
  EXPECT_EQ(std::get<redis_value::array>(asked->all[0]->at(3).data).size(), 2u);
  EXPECT_THAT(std::get<redis_value::failure>(asked->all[0]->at(4).data).text,
              HasSubstr("WRONGTYPE"));
}

TEST_F(redis_connection, CarriesHugeValuesBothWays) {
  test::redis_server server;
  auto c = connect(server.tcp_url());
  std::string value(10 << 20, 'x');
  for (std::size_t i = 0; i < value.size(); i += 997) value[i] = static_cast<char>(i);
  auto set = send(*c, {"SET", "huge", value});
  auto small = send(*c, {"PING"});
  auto get = send(*c, {"GET", "huge"});
  wait_for(*get);
  EXPECT_EQ(set->text(), "OK");
  EXPECT_EQ(small->text(), "PONG");
  EXPECT_TRUE(get->text() == value);
}

TEST_F(redis_connection, ReturnsNestedArrays) {
  test::redis_server server;
  auto c = connect(server.unix_url());
  auto asked = send(*c, {"EVAL", "return {1,{2,{3,{'four'}}},redis.error_reply('MY own')}", "0"});
  wait_for(*asked);
  const auto& outer = std::get<redis_value::array>(asked->all[0]->at(0).data);
  ASSERT_EQ(outer.size(), 3u);
  const auto& second = std::get<redis_value::array>(outer[1].data);
  const auto& third = std::get<redis_value::array>(second[1].data);
  EXPECT_EQ(std::get<std::string>(std::get<redis_value::array>(third[1].data)[0].data), "four");
  EXPECT_EQ(std::get<redis_value::failure>(outer[2].data).text, "MY own");
}

TEST_F(redis_connection, BoundsPendingCommands) {
  auto options = options_for("redis://127.0.0.1:" + std::to_string(test::free_port()));
  options.max_pending = 3;
  auto c = connect(options);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(send(*c, {"PING"})->answered());
  auto fourth = send(*c, {"PING"});
  EXPECT_EQ(fourth->code(), ec::overloaded);
  EXPECT_THAT(fourth->reason(), HasSubstr("limit 3"));
  EXPECT_EQ(send(*c, redis_commands{"*1\r\n$4\r\nPING\r\n", 4})->code(), ec::too_large);
}

TEST_F(redis_connection, BoundsUnwrittenBytesButTakesOneLargeCommand) {
  auto options = options_for("redis://127.0.0.1:" + std::to_string(test::free_port()));
  options.max_pending_bytes = 1000;
  auto c = connect(options);
  EXPECT_FALSE(send(*c, {"SET", "k", std::string(5000, 'x')})->answered());
  EXPECT_EQ(send(*c, {"PING"})->code(), ec::overloaded);
}

TEST_F(redis_connection, ForgetsExpiredCommandsThatWereNeverWritten) {
  auto options = options_for("redis://127.0.0.1:" + std::to_string(test::free_port()));
  options.max_pending = 2;
  auto c = connect(options);
  send(*c, {"PING"}, 20ms);
  auto second = send(*c, {"PING"}, 20ms);
  wait_for(*second);
  EXPECT_EQ(c->stats().pending, 0u);
  EXPECT_FALSE(send(*c, {"PING"})->answered());
}

TEST_F(redis_connection, CloseAnswersEverything) {
  test::redis_server server;
  auto c = connect(server.unix_url());
  EXPECT_EQ(ask(*c, {"PING"}), "PONG");
  server.freeze();
  auto written = send(*c, {"PING"});
  loop.run_ready();
  auto waiting = send(*c, {"PING"});
  c->close();
  auto late = send(*c, {"PING"});
  for (const auto& o : {written, waiting, late}) {
    EXPECT_EQ(o->code(), ec::shutting_down);
    EXPECT_EQ(o->calls(), 1u);
  }
}

TEST_F(redis_connection, MayBeDestroyedByAnAnswer) {
  test::redis_server server;
  auto c = connect(server.unix_url());
  c->send(make_command({"PING"}), clock::now() + 20s, [&](const replies&) { c.reset(); });
  auto behind = send(*c, {"PING"});
  ASSERT_TRUE(loop.run_until([&] { return !c; }));
  EXPECT_EQ(behind->code(), ec::shutting_down);
}

TEST_F(redis_connection, AsksWhetherAServerThatIsSilentSpeaksTls) {
  test::redis_server server;
  auto c = connect("rediss://u:hidden@127.0.0.1:" + std::to_string(server.port()));
  auto asked = send(*c, {"PING"}, 200ms);
  ASSERT_TRUE(loop.run_until([&] { return asked->answered(); }));
  EXPECT_EQ(asked->code(), ec::timed_out);
  EXPECT_THAT(asked->reason(), testing::AllOf(HasSubstr("TLS"), HasSubstr("rediss://u:***@")));
}

TEST_F(redis_connection, GoesToTheServerThatASentinelNames) {
  test::redis_server server;
  const auto port = std::to_string(server.port());
  test::scripted_peer silent{loop.io(), [](const std::string&) { return std::string{"*-1\r\n"}; }};
  test::scripted_peer knows{loop.io(), [&](const std::string&) {
                              return "*2\r\n$9\r\n127.0.0.1\r\n$" + std::to_string(port.size()) +
                                     "\r\n" + port + "\r\n";
                            }};
  auto hosts = silent.url().substr(8) + "," + knows.url().substr(8);
  auto c = connect("redis+sentinel://" + hosts + "/shop");
  auto asked = send(*c, {"PING"});
  ASSERT_TRUE(loop.run_until([&] { return asked->answered(); }));
  EXPECT_EQ(asked->text(), "PONG");
}

TEST_F(redis_connection, AsksTheSentinelsAnewWhenItsServerIsNoMasterAnyMore) {
  test::redis_server server;
  test::scripted_peer replica{loop.io(), [](const std::string& received) -> std::string {
                                if (received.find("SETNAME") != std::string::npos)
                                  return "+OK\r\n*1\r\n$6\r\nmaster\r\n";
                                return "-READONLY You can't write against a read only replica.\r\n";
                              }};
  std::size_t questions = 0;
  test::scripted_peer sentinel{loop.io(), [&](const std::string&) {
                                 const auto now = questions++ == 0 ? replica.port() : server.port();
                                 const auto port = std::to_string(now);
                                 return "*2\r\n$9\r\n127.0.0.1\r\n$" + std::to_string(port.size()) +
                                        "\r\n" + port + "\r\n";
                               }};
  auto c = connect("redis+sentinel://" + sentinel.url().substr(8) + "/shop");
  ASSERT_TRUE(loop.run_until([&] { return c->state() == connection_state::ready; }));
  auto refused = send(*c, {"SET", "a", "1"});
  auto next = send(*c, {"SET", "a", "2"});
  ASSERT_TRUE(loop.run_until([&] { return refused->answered() && next->answered(); }));
  EXPECT_EQ(refused->code(), ec::connection_lost);
  auto asked = send(*c, {"SET", "a", "3"});
  ASSERT_TRUE(loop.run_until([&] { return asked->answered(); }));
  EXPECT_EQ(asked->text(), "OK");
  EXPECT_EQ(questions, 2u);
}

}  // namespace
}  // namespace puff::redis
