#include "services/http/session.hpp"

#include <gmock/gmock.h>

#include "tests/support/http_server.hpp"
#include "tests/support/malformed_requests.hpp"

namespace puff::http {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct session_test : test::http_server_fixture {
  session_test() {
    add("GET", "/hello", [](const request&, const path_params&) {
      response r;
      r.body = "hello";
      return r;
    });
    add("POST", "/echo", [](const request& asked, const path_params&) {
      response r;
      r.body = asked.body;
      return r;
    });
  }
  void add(std::string_view method, std::string_view pattern, plain_handler handler) {
    EXPECT_FALSE(routes->add(method, pattern, std::move(handler)));
  }
};

constexpr auto get = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr auto hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_F(session_test, AnswersOneRequestAfterTheOtherOnOneConnection) {
  start();
  auto client = connect();
  for (int i = 0; i < 3; ++i) {
    client.send(hello);
    EXPECT_THAT(client.answer(), AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), EndsWith("\r\n\r\nhello"),
                                       Not(HasSubstr("Connection"))));
  }
  EXPECT_EQ(server->stats().accepted, 1u);
  EXPECT_EQ(server->stats().requests, 3u);
}

TEST_F(session_test, AnswersPipelinedRequestsInOrder) {
  start();
  auto client = connect();
  client.send(std::string{get} + hello + get);
  auto first = event(kind::begin).id;
  EXPECT_EQ(application.count(kind::begin), 1u) << "the next waits for the answer before it";
  EXPECT_TRUE(client.in.empty());
  answer(first, "one");
  EXPECT_THAT(client.answer(), EndsWith("one"));
  EXPECT_THAT(client.answer(), EndsWith("hello"));
  auto third = event(kind::begin, 2).id;
  EXPECT_EQ(third.slot, first.slot);
  EXPECT_NE(third.turn, first.turn);
  answer(first, "late");
  answer(third, "three");
  EXPECT_THAT(client.answer(), EndsWith("three"));
}

TEST_F(session_test, ManyPipelinedRequestsNeedFewWrites) {
  start();
  auto client = connect();
  std::string all;
  for (int i = 0; i < 500; ++i) all += hello;
  client.send(all);
  for (int i = 0; i < 500; ++i) ASSERT_THAT(client.answer(), EndsWith("hello"));
}

TEST_F(session_test, GivesAnApplicationItsRequestWhole) {
  start();
  auto client = connect();
  client.send("POST /x?y=z HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
  run_until([&] { return server->stats().requests == 1; });
  EXPECT_EQ(application.count(kind::begin), 0u) << "a small body is waited for";
  client.send("cd");
  auto& begin = event(kind::begin);
  EXPECT_EQ(begin.mount, 7u);
  EXPECT_EQ(begin.head->target, "/x?y=z");
  EXPECT_EQ(begin.head->body, "abcd");
  EXPECT_TRUE(begin.head->body_complete);
  EXPECT_EQ(begin.head->peer->client_address, "127.0.0.1");
  EXPECT_EQ(begin.head->peer->server_port, address.port);
  EXPECT_EQ(application.count(kind::end), 0u);
}

TEST_F(session_test, ReadsChunkedBodies) {
  start();
  auto client = connect();
  client.send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_THAT(client.answer(), EndsWith("\r\n\r\nabcde"));
  client.send("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  auto id = event(kind::begin).id;
  EXPECT_EQ(application.last(kind::begin).head->body, "abc");
  EXPECT_FALSE(application.last(kind::begin).head->body_complete);
  client.send("2\r\nde\r\n0\r\n\r\n");
  event(kind::end);
  EXPECT_EQ(application.body, "de");
  answer(id, "ok");
  EXPECT_THAT(client.answer(), EndsWith("ok"));
}

TEST_F(session_test, WritesAnAnswerOfUnknownLengthInChunks) {
  start();
  auto client = connect();
  client.send(get);
  auto id = event(kind::begin).id;
  send(head_part(id));
  send(data_part(id, "abc"));
  EXPECT_TRUE(client.wait_until([&] { return client.receive(), client.in.ends_with("abc\r\n"); }))
      << "a piece leaves at once";
  send(data_part(id, std::string(10000, 'x')));
  send(last_part(id));
  EXPECT_THAT(client.answer(),
              AllOf(HasSubstr("Transfer-Encoding: chunked\r\n"),
                    HasSubstr("\r\n\r\n3\r\nabc\r\n2710\r\nxxx"), EndsWith("x\r\n0\r\n\r\n")));
}

TEST_F(session_test, EndsAnAnswerOfUnknownLengthToHttp10WithTheConnection) {
  start();
  auto client = connect();
  client.send("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  auto id = event(kind::begin).id;
  send(head_part(id));
  send(data_part(id, "abc"));
  send(last_part(id));
  EXPECT_TRUE(client.wait_end());
  EXPECT_THAT(client.in, AllOf(Not(HasSubstr("chunked")), HasSubstr("Connection: close\r\n"),
                               EndsWith("\r\n\r\nabc")));
}

TEST_F(session_test, SpeaksHttp10) {
  start();
  auto client = connect();
  client.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(client.answer(), HasSubstr("Connection: keep-alive\r\n"));
  client.send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_THAT(client.answer(), HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(client.wait_end());
}

TEST_F(session_test, AnswersHeadWithoutABody) {
  start();
  auto client = connect();
  client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.answer(true), HasSubstr("Content-Length: 5\r\n"));
  client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n");
  auto id = event(kind::begin).id;
  send(head_part(id));
  send(data_part(id, "not for HEAD"));
  event(kind::drained);
  EXPECT_EQ(application.credit, 12u) << "the application must not wait for it";
  send(last_part(id));
  client.send(hello);
  EXPECT_THAT(client.answer(true), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(client.answer(), EndsWith("hello"));
}

TEST_F(session_test, SaysContinueToAClientThatWaitsForIt) {
  start();
  auto client = connect();
  client.send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ab");
  EXPECT_THAT(client.answer(), EndsWith("\r\n\r\nab"));
  client.send(
      "POST /none HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
      "Content-Length: 100000000\r\n\r\n");
  EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 413 ")) << "no invitation for what is refused";
}

TEST_F(session_test, ClosesWhenAskedTo) {
  start();
  auto client = connect();
  client.send("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.answer(), HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(client.wait_end());
  EXPECT_FALSE(client.cut);
}

TEST_F(session_test, StopsReadingABodyThatTheApplicationDoesNotTake) {
  options.limits.request_window = 128 * 1024;
  start();
  auto client = connect();
  constexpr std::size_t size = 8u << 20;
  client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) +
              "\r\n\r\n");
  std::string body(size, 'b');
  std::size_t sent = 0;
  auto stalls = [&](const auto& push) {
    for (int quiet = 0; quiet < 20; ++quiet) {
      if (push()) quiet = 0;
      io.restart();
      io.run_one_for(1ms);
    }
  };
  auto push = [&] {
    auto n = client.offer(std::string_view{body}.substr(sent, 65536));
    sent += n;
    return n > 0;
  };
  stalls(push);
  auto id = event(kind::begin).id;
  auto held = application.body.size() + application.last(kind::begin).head->body.size();
  EXPECT_LT(held, options.limits.request_window + 70'000);
  EXPECT_LT(sent, size) << "the client is held back";
  std::size_t taken = 0;
  EXPECT_TRUE(run_until([&] {
    push();
    auto now = application.body.size() + application.last(kind::begin).head->body.size();
    if (now > taken) send(consumed_part(id, now - std::exchange(taken, now)));
    return application.count(kind::end) == 1;
  }));
  EXPECT_EQ(taken, size);
}

TEST_F(session_test, ReportsWhatASlowReaderTookAndHoldsUpNobodyElse) {
  start();
  auto slow = connect();
  slow.send(get);
  auto id = event(kind::begin).id;
  send(head_part(id));
  constexpr std::size_t total = 16u << 20;
  std::size_t made = 0;
  auto produce = [&] {
    while (made < total && made - application.credit < options.limits.response_window) {
      send(data_part(id, std::string(65536, 'z')));
      made += 65536;
    }
  };
  for (int i = 0; i < 200; ++i) {
    produce();
    io.restart();
    io.run_one_for(1ms);
  }
  EXPECT_LT(made, total) << "the producer waits";
  auto quick = connect();
  quick.send(hello);
  EXPECT_THAT(quick.answer(), EndsWith("hello"));
  EXPECT_TRUE(slow.wait_until([&] {
    slow.receive();
    produce();
    return made == total && application.credit == total;
  }));
  send(last_part(id));
  EXPECT_TRUE(slow.wait_until([&] { return slow.receive(), slow.in.ends_with("\r\n0\r\n\r\n"); }));
  auto bytes = std::count(slow.in.begin(), slow.in.end(), 'z');
  EXPECT_EQ(static_cast<std::size_t>(bytes), total);
}

TEST_F(session_test, CutsAnAnswerThatIsShorterThanItPromised) {
  start();
  auto client = connect();
  client.send(get);
  auto part = head_part(event(kind::begin).id);
  part.head.headers.add("Content-Length", "10");
  part.data = "short";
  part.last = true;
  send(std::move(part));
  EXPECT_TRUE(client.wait_end());
  EXPECT_THAT(client.in, EndsWith("short"));
  EXPECT_THAT(errors, testing::ElementsAre(HasSubstr("shorter")));
}

TEST_F(session_test, TruncatesAnAnswerThatIsLongerThanItPromised) {
  start();
  auto client = connect();
  client.send(get);
  auto part = head_part(event(kind::begin).id);
  part.head.headers.add("Content-Length", "3");
  part.data = "abcdef";
  part.last = true;
  send(std::move(part));
  EXPECT_THAT(client.answer(), EndsWith("\r\n\r\nabc"));
  client.send(hello);
  EXPECT_THAT(client.answer(), EndsWith("hello"));
  EXPECT_THAT(errors, testing::ElementsAre(HasSubstr("longer")));
}

TEST_F(session_test, AnswersAnUnsafeHeadWith500) {
  start();
  auto client = connect();
  client.send(get);
  auto part = head_part(event(kind::begin).id);
  part.head.headers.add("X", "a\r\nSet-Cookie: b");
  part.last = true;
  send(std::move(part));
  EXPECT_THAT(client.answer(), AllOf(StartsWith("HTTP/1.1 500 "), Not(HasSubstr("Cookie"))));
  EXPECT_EQ(errors.size(), 1u);
}

TEST_F(session_test, CutsTheConnectionWhenTheApplicationGivesUp) {
  start();
  auto client = connect();
  client.send(get);
  auto id = event(kind::begin).id;
  send(head_part(id));
  send(data_part(id, "abc"));
  response_part part;
  part.id = id;
  part.failed = true;
  send(std::move(part));
  EXPECT_TRUE(client.wait_end());
  EXPECT_THAT(client.in, EndsWith("3\r\nabc\r\n")) << "the last chunk must be missing";
  EXPECT_EQ(server->stats().in_flight, 0u);
}

TEST_F(session_test, DropsASmallUnreadBodyAndGoesOn) {
  start();
  auto client = connect();
  client.send("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  answer(event(kind::begin).id, "early");
  EXPECT_THAT(client.answer(), EndsWith("early"));
  client.send(std::string{"3\r\ndef\r\n0\r\n\r\n"} + hello);
  EXPECT_THAT(client.answer(), EndsWith("hello"));
}

TEST_F(session_test, DropsNoMoreOfAnUnreadBodyThanItsBound) {
  start();
  auto client = connect();
  client.send("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  answer(event(kind::begin).id, "early");
  EXPECT_THAT(client.answer(), EndsWith("early"));
  client.send("100000\r\n");
  client.offer(std::string(200'000, 'x'));
  EXPECT_TRUE(client.wait_end());
  EXPECT_FALSE(client.cut);
}

TEST_F(session_test, ClosesAfterALargeUnreadBodySoThatTheAnswerIsSeen) {
  start();
  auto client = connect();
  client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 50000000\r\n\r\n");
  client.send(std::string(300'000, 'b'));
  answer(event(kind::begin).id, "enough");
  auto text = client.answer();
  EXPECT_THAT(text, AllOf(HasSubstr("Connection: close\r\n"), EndsWith("enough")));
  client.offer(std::string(100'000, 'b'));
  EXPECT_TRUE(client.wait_end());
  EXPECT_FALSE(client.cut);
}

TEST_F(session_test, TellsTheApplicationThatItsClientLeft) {
  start();
  for (bool politely : {true, false}) {
    auto client = connect();
    client.send(get);
    auto n = application.count(kind::aborted);
    auto id = event(kind::begin, n + 1).id;
    politely ? client.close() : client.reset();
    EXPECT_EQ(event(kind::aborted, n + 1).id, id);
    answer(id, "to nobody");
  }
  EXPECT_EQ(server->stats().aborted, 2u);
  EXPECT_EQ(server->stats().in_flight, 0u);
  EXPECT_EQ(server->stats().connections, 0u);
}

TEST_F(session_test, TellsTheApplicationThatABodyBroke) {
  start();
  auto client = connect();
  client.send("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  event(kind::begin);
  client.send("nonsense\r\n");
  event(kind::aborted);
  EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 400 "));
  EXPECT_TRUE(client.wait_end());
}

TEST_F(session_test, RefusesMalformedRequestsOverASocketAndCloses) {
  start();
  for (const auto& bad : test::malformed_requests()) {
    auto client = connect();
    client.send(bad.bytes);
    auto text = client.answer();
    EXPECT_THAT(text, StartsWith("HTTP/1.1 " + std::to_string(bad.status) + " ")) << bad.name;
    EXPECT_TRUE(client.wait_end()) << bad.name;
    EXPECT_FALSE(client.cut) << bad.name;
  }
  for (const auto& e : application.events)
    EXPECT_TRUE(e.what != kind::end) << "nothing malformed is ever complete";
}

TEST_F(session_test, ServesOnAUnixSocket) {
  auto path = testing::TempDir() + "puff_session_test_" + std::to_string(::getpid());
  start("unix:" + path);
  auto client = connect();
  client.send(get);
  auto& begin = event(kind::begin);
  EXPECT_EQ(begin.head->peer->unix_path, path);
  EXPECT_EQ(begin.head->peer->client_port, 0);
  answer(begin.id, "local");
  EXPECT_THAT(client.answer(), EndsWith("local"));
}

}  // namespace
}  // namespace puff::http
