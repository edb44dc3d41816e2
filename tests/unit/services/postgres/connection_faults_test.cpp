#include "tests/support/byte_proxy.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/scripted_peer.hpp"
#include "tests/unit/services/postgres/engine_fixture.hpp"

namespace puff::postgres {
namespace {

using testing::HasSubstr;

constexpr auto closed_text = "server closed the connection unexpectedly";

struct postgres_faults : engine_fixture {
  std::unique_ptr<connection> watched(const std::string& conninfo) {
    auto c = connect({.conninfo = conninfo});
    c->on_lost([this](const error& why) { lost.push_back(context_of(why)); });
    return c;
  }
  std::string through(const test::byte_proxy& proxy) {
    return "host=127.0.0.1 user=postgres dbname=postgres port=" + std::to_string(proxy.port());
  }
  void expect_lost(const outcome& o) {
    EXPECT_EQ(o.code(), ec::connection_lost);
    EXPECT_THAT(o.reason(), HasSubstr(closed_text));
  }
  std::vector<std::string> lost;
};

TEST_F(postgres_faults, AKilledServerFailsAllThatWaits) {
  test::postgres_server own;
  auto c = watched(own.conninfo());
  std::vector<asked> all{send(*c, kind::simple, "SELECT pg_sleep(600)"),
                         send(*c, bound("SELECT 1")), send(*c, kind::listen)};
  loop.run_ready();
  own.kill();
  for (auto& one : all) {
    wait_for(*one);
    expect_lost(*one);
  }
  EXPECT_EQ(lost.size(), 1u);
  EXPECT_FALSE(c->is_open());
  expect_lost(*send(*c, kind::simple, "SELECT 1"));
  auto again = make({.conninfo = own.conninfo()});
  auto refused = open(*again);
  ASSERT_TRUE(refused);
  EXPECT_EQ(code_of(*refused), ec::unavailable);
  EXPECT_THAT(context_of(*refused), HasSubstr("Is the server running locally"));
  own.start();
  EXPECT_EQ(simple(*connect({.conninfo = own.conninfo()}), "SELECT 1"), "1");
}

TEST_F(postgres_faults, ATerminatedSessionTellsWhy) {
  auto other = connect();
  for (bool busy : {true, false}) {
    lost.clear();
    auto c = watched(server().tcp_conninfo());
    auto pid = std::to_string(c->describe().backend_pid);
    asked slept;
    if (busy) slept = send(*c, kind::simple, "SELECT pg_sleep(600)");
    simple(*other, "SELECT pg_terminate_backend(" + pid + ")");
    EXPECT_TRUE(loop.run_until([&] { return !lost.empty(); }));
    EXPECT_THAT(lost.at(0), HasSubstr("terminating connection due to administrator command"));
    EXPECT_THAT(lost.at(0), HasSubstr(closed_text));
    if (busy) {
      EXPECT_EQ(slept->reason(), lost.at(0));
    }
    EXPECT_EQ(send(*c, bound("SELECT 1"))->code(), ec::connection_lost);
  }
}

TEST_F(postgres_faults, ANetworkCutAnywhereInAResultLosesTheConnection) {
  for (std::size_t bytes : {1u, 5u, 100u, 5'000u, 100'000u, 900'000u})
    for (auto what : {kind::simple, kind::bound}) {
      test::byte_proxy proxy{loop.io(), server().port()};
      auto c = watched(through(proxy));
      proxy.cut_after(bytes);
      auto request = bound("SELECT repeat('x', 1000) FROM generate_series(1, 1000)");
      request.what = what;
      auto failed = ask(*c, request);
      expect_lost(*failed);
      EXPECT_FALSE(c->is_open());
    }
  EXPECT_EQ(lost.size(), 12u);
}

TEST_F(postgres_faults, ANetworkCutInAStreamIsToldToWhoAsks) {
  test::byte_proxy proxy{loop.io(), server().port()};
  auto c = watched(through(proxy));
  proxy.cut_after(300'000);
  sql_request request;
  request.what = kind::stream;
  request.text = "SELECT repeat('x', 1000) FROM generate_series(1, 100000)";
  request.rows_per_piece = 50;
  auto piece = ask(*c, request);
  int pieces = 0;
  for (; piece->more(); ++pieces) piece = ask(*c, kind::next);
  expect_lost(*piece);
  EXPECT_GT(pieces, 0);
}

TEST_F(postgres_faults, ANetworkCutInACopyIsToldToWhoGoesOn) {
  for (auto direction : {"COPY t FROM STDIN",
                         "COPY (SELECT repeat('x', 99), generate_series(1, 100000)) TO STDOUT"}) {
    test::byte_proxy proxy{loop.io(), server().port()};
    auto c = watched(through(proxy));
    simple(*c, "CREATE TEMP TABLE t (s text)");
    auto begun = ask(*c, kind::simple, direction);
    EXPECT_TRUE(begun->more());
    proxy.cut_after(500'000, 500'000);
    auto what = begun->text() == "copy in" ? kind::copy_data : kind::next;
    auto step = begun;
    while (step->more()) step = ask(*c, what, std::string(99'999, 'y') + "\n");
    expect_lost(*step);
  }
}

TEST_F(postgres_faults, APeerThatFallsSilentEndsByTheDeadlineAndThenTheConnection) {
  test::byte_proxy proxy{loop.io(), server().port()};
  auto c = watched(through(proxy));
  EXPECT_EQ(simple(*c, "SELECT 1"), "1");
  proxy.go_silent();
  auto first = ask(*c, kind::simple, "SELECT 1", 50ms);
  EXPECT_EQ(first->code(), ec::timed_out);
  auto second = send(*c, kind::simple, "SELECT 2");
  EXPECT_TRUE(loop.run_until([&] { return !lost.empty(); }));
  EXPECT_EQ(second->code(), ec::connection_lost);
  EXPECT_THAT(lost.at(0), HasSubstr("did not confirm"));
}

TEST_F(postgres_faults, APeerThatSpeaksSomethingElseIsTold) {
  for (const auto* answer :
       {"HTTP/1.1 400 Bad Request\r\n\r\n", "+OK\r\n", "E", "\xff\xff\xff\xff\xff"}) {
    test::scripted_peer peer{loop.io(), [&](const std::string&) { return std::string{answer}; }};
    auto c =
        make({.conninfo = "host=127.0.0.1 sslmode=disable port=" + std::to_string(peer.port())});
    auto failed = open(*c, 300ms);
    ASSERT_TRUE(failed);
    EXPECT_THAT(context_of(*failed), HasSubstr("127.0.0.1"));
    EXPECT_FALSE(c->is_open());
  }
}

struct broken_conninfo {
  std::string text;
  ec code;
  std::string reason;
};

class postgres_broken_conninfo : public engine_fixture,
                                 public testing::WithParamInterface<broken_conninfo> {};

TEST_P(postgres_broken_conninfo, IsToldClearly) {
  auto port = std::to_string(server().port());
  auto free = std::to_string(test::free_port());
  auto replace = [&](std::string text) {
    for (auto [mark, value] :
         {std::pair{"{port}", port}, {"{free}", free}, {"{dir}", server().socket_directory()}})
      for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark))
        text.replace(at, std::string{mark}.size(), value);
    return text;
  };
  auto c = make({.conninfo = replace(GetParam().text)});
  auto failed = open(*c);
  ASSERT_TRUE(failed) << GetParam().text;
  EXPECT_EQ(code_of(*failed), GetParam().code) << describe(*failed);
  EXPECT_THAT(context_of(*failed), HasSubstr(replace(GetParam().reason)));
  EXPECT_THAT(context_of(*failed), testing::Not(HasSubstr("s3cret")));
  EXPECT_FALSE(c->is_open());
  EXPECT_EQ(send(*c, kind::simple, "SELECT 1")->code(), GetParam().code);
}

// Hosts with an empty label are unknown at once: no name server is asked, however slow it is.
INSTANTIATE_TEST_SUITE_P(
    all, postgres_broken_conninfo,
    testing::Values(
        broken_conninfo{"nonsense", ec::bad_argument, "missing \"=\" after \"nonsense\""},
        broken_conninfo{"host", ec::bad_argument, "missing \"=\" after \"host\""},
        broken_conninfo{"host=", ec::unavailable, ""},
        broken_conninfo{"colour=red", ec::bad_argument, "invalid connection option \"colour\""},
        broken_conninfo{"host=a colour=red password=s3cret", ec::bad_argument, "\"colour\""},
        broken_conninfo{"host='a", ec::bad_argument, "unterminated quoted string"},
        broken_conninfo{"host=.a\\", ec::unavailable, "\".a\""},
        broken_conninfo{"= x", ec::bad_argument, "invalid connection option \"\""},
        broken_conninfo{"host=a port", ec::bad_argument, "missing \"=\" after \"port\""},
        broken_conninfo{"postgres://[::1", ec::bad_argument, "matching \"]\""},
        broken_conninfo{"postgres://[]/", ec::bad_argument, "IPv6 host address may not be empty"},
        broken_conninfo{"postgres://[::1]x/", ec::bad_argument, "unexpected character"},
        broken_conninfo{"postgres://h/%zz", ec::bad_argument, "invalid percent-encoded token"},
        broken_conninfo{"postgres://h/%00", ec::bad_argument, "forbidden value %00"},
        broken_conninfo{"postgres://h/?a", ec::bad_argument, "missing key/value separator"},
        broken_conninfo{"postgres://h/?a=b=c", ec::bad_argument, "extra key/value separator"},
        broken_conninfo{"postgres://h/?a=b", ec::bad_argument, "invalid URI query parameter"},
        broken_conninfo{"postgres://u:s3cret@127.0.0.1:x/", ec::unavailable,
                        "invalid integer value"},
        broken_conninfo{"mysql://h/", ec::bad_argument, "missing \"=\""},
        broken_conninfo{"host=127.0.0.1 port=x", ec::unavailable, "invalid integer value \"x\""},
        broken_conninfo{"host=127.0.0.1 port=0", ec::unavailable, "invalid port number: \"0\""},
        broken_conninfo{"host=127.0.0.1 port=65536", ec::unavailable, "invalid port number"},
        broken_conninfo{"host=127.0.0.1 port=-1", ec::unavailable, "invalid port number"},
        broken_conninfo{"host=127.0.0.1,127.0.0.1 port=1,2,3", ec::unavailable,
                        "could not match 3 port numbers to 2 hosts"},
        broken_conninfo{"host=a,b hostaddr=127.0.0.1", ec::unavailable,
                        "could not match 2 host names to 1 hostaddr values"},
        broken_conninfo{"hostaddr=nowhere", ec::unavailable, "nowhere"},
        broken_conninfo{"host=no..where", ec::unavailable,
                        "could not translate host name \"no..where\" to address"},
        broken_conninfo{"host=no..where,127.0.0.1 port={free}", ec::unavailable,
                        "could not translate host name \"no..where\" to address"},
        broken_conninfo{"host=127.0.0.1 port={free}", ec::unavailable, "Connection refused"},
        broken_conninfo{"host=localhost port={free}", ec::unavailable,
                        "connection to server at \"localhost\" (127.0.0.1), port {free} failed"},
        broken_conninfo{"host=/nowhere port=1", ec::unavailable, "\"/nowhere/.s.PGSQL.1\" failed"},
        broken_conninfo{"host={dir} port=1", ec::unavailable, "No such file or directory"},
        broken_conninfo{"host=127.0.0.1 sslmode=maybe", ec::unavailable,
                        "invalid sslmode value: \"maybe\""},
        broken_conninfo{"host=127.0.0.1 port={port} sslmode=require", ec::unavailable,
                        "server does not support SSL"},
        broken_conninfo{"host=127.0.0.1 channel_binding=x", ec::unavailable,
                        "invalid channel_binding value"},
        broken_conninfo{"host=127.0.0.1 target_session_attrs=x", ec::unavailable,
                        "invalid target_session_attrs value"},
        broken_conninfo{"host=127.0.0.1 port={port} target_session_attrs=standby user=postgres",
                        ec::unavailable, "server is not in hot standby mode"},
        broken_conninfo{"host=127.0.0.1 gssencmode=x", ec::unavailable, "invalid gssencmode value"},
        broken_conninfo{"host=127.0.0.1 ssl_min_protocol_version=x", ec::unavailable,
                        "invalid ssl_min_protocol_version value"},
        broken_conninfo{"host={dir} port={port} user=postgres dbname=nowhere", ec::unavailable,
                        "database \"nowhere\" does not exist"},
        broken_conninfo{"host={dir} port={port} user=nobody1 dbname=postgres", ec::unavailable,
                        "role \"nobody1\" does not exist"},
        broken_conninfo{"host={dir} port={port} user=postgres options=-cnothing=1", ec::unavailable,
                        "unrecognized configuration parameter \"nothing\""},
        broken_conninfo{"host={dir} port={port} user=postgres client_encoding=klingon",
                        ec::unavailable, "klingon"},
        broken_conninfo{"service=nowhere", ec::unavailable, "service"}));

}  // namespace
}  // namespace puff::postgres
