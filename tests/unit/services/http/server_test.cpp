#include "services/http/server.hpp"

#include <gmock/gmock.h>

#include "tests/support/http_server.hpp"

namespace puff::http {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

struct server_test : test::http_server_fixture {
  server_test() {
    EXPECT_FALSE(routes->add("GET", "/hello", [](const request&, const path_params&) {
      response r;
      r.body = "hello";
      return r;
    }));
    EXPECT_FALSE(routes->add("GET", "/broken", [](const request&, const path_params&) -> response {
      throw std::runtime_error{"no luck"};
    }));
    EXPECT_FALSE(routes->add("POST", "/small",
                             [](const request&, const path_params&) { return response{}; }));
  }
  bool gone() { return server->stats().connections == 0; }
  void settle() {
    io.restart();
    io.poll();
  }
};

constexpr auto get = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr auto hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_F(server_test, GivesTheApplicationAllRequestsOfOneWakeUpAtOnce) {
  start();
  std::vector<test::http_client_socket> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(connect());
    clients.back().send(hello);
    clients.back().answer();
  }
  application.turns = 0;
  for (auto& c : clients) c.offer(get);
  run_until([&] { return application.count(kind::begin) == 20; });
  EXPECT_LE(application.turns, 2);
  response_parts parts;
  for (auto& e : application.events) {
    auto part = head_part(e.id);
    part.data = "batch";
    part.last = true;
    parts.push_back(std::move(part));
  }
  server->answer(std::move(parts));
  for (auto& c : clients) EXPECT_THAT(c.answer(), EndsWith("batch"));
}

TEST_F(server_test, DropsPartsForEndedAndUnknownExchanges) {
  start();
  auto client = connect();
  client.send(get);
  auto id = event(kind::begin).id;
  answer(id, "once");
  answer(id, "twice");
  answer({id.slot + 100, 0}, "nobody");
  EXPECT_THAT(client.answer(), EndsWith("once"));
  client.send(hello);
  EXPECT_THAT(client.answer(), EndsWith("hello"));
}

TEST_F(server_test, ASlotIsNeverMistakenForItsFormerHolder) {
  start();
  auto first = connect();
  first.send(get);
  auto old = event(kind::begin).id;
  first.close();
  event(kind::aborted);
  auto second = connect();
  second.send(get);
  auto id = event(kind::begin, 2).id;
  EXPECT_EQ(id.slot, old.slot);
  EXPECT_NE(id.turn, old.turn);
  answer(old, "to the former");
  answer(id, "to the present");
  EXPECT_THAT(second.answer(), EndsWith("to the present"));
}

TEST_F(server_test, ClosesASilentNewConnectionWithoutAWord) {
  start();
  auto client = connect();
  run_until([&] { return server->stats().connections == 1; });
  pass(9s);
  settle();
  EXPECT_FALSE(gone());
  pass(11s);
  EXPECT_TRUE(client.wait_end());
  EXPECT_EQ(client.in, "");
}

TEST_F(server_test, Answers408ToAHeadThatDoesNotEnd) {
  start();
  auto client = connect();
  client.send("GET / HTTP/1.1\r\n");
  run_until([&] { return server->stats().bytes_received > 0; });
  pass(11s);
  EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 408 "));
  EXPECT_TRUE(client.wait_end());
  EXPECT_EQ(server->stats().errors.at(408), 1u);
}

TEST_F(server_test, Answers408ToABodyThatStopsArriving) {
  start();
  auto small = connect(), large = connect();
  small.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
  large.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 400000\r\n\r\nab");
  auto id = event(kind::begin).id;
  run_until([&] { return server->stats().requests == 2; });
  pass(31s);
  EXPECT_THAT(small.answer(), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(large.answer(), StartsWith("HTTP/1.1 408 "));
  EXPECT_EQ(event(kind::aborted).id, id);
}

TEST_F(server_test, GivesAnApplicationAllTheTimeItTakes) {
  start();
  auto client = connect();
  client.send(get);
  auto id = event(kind::begin).id;
  pass(1h);
  settle();
  answer(id, "at last");
  EXPECT_THAT(client.answer(), EndsWith("at last"));
}

TEST_F(server_test, ClosesAnIdleConnectionSilently) {
  start();
  auto client = connect();
  client.send(hello);
  client.answer();
  pass(74s);
  settle();
  EXPECT_FALSE(gone());
  pass(76s);
  EXPECT_TRUE(client.wait_end());
  EXPECT_EQ(client.in, "");
}

TEST_F(server_test, CutsAClientThatReadsNothing) {
  start();
  auto client = connect();
  client.shrink_buffers(4096);
  client.send(get);
  answer(event(kind::begin).id, std::string(32u << 20, 'x'));
  settle();
  pass(29s);
  settle();
  EXPECT_FALSE(gone());
  pass(31s);
  EXPECT_TRUE(run_until([&] { return gone(); }));
}

TEST_F(server_test, TellsAStreamingApplicationThatItsReaderIsStuck) {
  start();
  auto client = connect();
  client.shrink_buffers(4096);
  client.send(get);
  auto id = event(kind::begin).id;
  send(head_part(id));
  send(data_part(id, std::string(32u << 20, 'x')));
  settle();
  pass(31s);
  EXPECT_EQ(event(kind::aborted).id, id);
  EXPECT_TRUE(gone());
}

TEST_F(server_test, ALingeringConnectionEndsByItself) {
  start();
  auto client = connect();
  client.send("nonsense\r\n\r\n");
  EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 400 "));
  EXPECT_TRUE(client.wait_end());
  EXPECT_FALSE(gone()) << "it waits for the client to close";
  pass(3s);
  EXPECT_TRUE(gone());
}

TEST_F(server_test, Answers503AboveTheLimitOfRequestsInFlight) {
  options.limits.max_in_flight = 1;
  start();
  auto first = connect(), second = connect();
  first.send(get);
  auto id = event(kind::begin).id;
  second.send(get);
  EXPECT_THAT(second.answer(), AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("Retry-After: 1\r\n")));
  second.send(hello);
  EXPECT_THAT(second.answer(), EndsWith("hello")) << "native routes are not concerned";
  answer(id, "one");
  first.answer();
  second.send(get);
  answer(event(kind::begin, 2).id, "two");
  EXPECT_THAT(second.answer(), EndsWith("two"));
}

TEST_F(server_test, IdleConnectionsDoNotCountAsRequestsInFlight) {
  options.limits.max_in_flight = 1;
  start();
  std::vector<test::http_client_socket> idle;
  for (int i = 0; i < 50; ++i) {
    idle.push_back(connect());
    idle.back().send(hello);
    idle.back().answer();
  }
  auto client = connect();
  client.send(get);
  answer(event(kind::begin).id, "served");
  EXPECT_THAT(client.answer(), EndsWith("served"));
}

TEST_F(server_test, ConnectionsAboveTheLimitWaitUntilOneEnds) {
  options.limits.max_connections = 2;
  start();
  auto first = connect(), second = connect(), third = connect();
  third.send(hello);
  run_until([&] { return server->stats().connections == 2; });
  settle();
  third.receive();
  EXPECT_TRUE(third.in.empty());
  first.close();
  EXPECT_THAT(third.answer(), EndsWith("hello"));
}

TEST_F(server_test, RefusesABodyThatAPlainHandlerCannotTake) {
  start();
  auto sized = connect(), chunked = connect();
  sized.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n");
  EXPECT_THAT(sized.answer(), StartsWith("HTTP/1.1 413 "));
  chunked.send("POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n200000\r\n");
  std::string megabytes(2u << 20, 'x');
  auto refusals = [&] { return server->stats().errors.at(413); };
  EXPECT_TRUE(chunked.wait_until([&, at = std::size_t{0}]() mutable {
    at += chunked.offer(std::string_view{megabytes}.substr(at));
    return refusals() == 2;
  }));
  EXPECT_THAT(chunked.answer(), StartsWith("HTTP/1.1 413 "));
}

TEST_F(server_test, AnswersUnknownPathsAndMethodsItself) {
  options.router = routes;
  start();
  auto client = connect();
  client.send(get);
  EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 404 "));
  client.send("DELETE /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.answer(),
              AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("Allow: GET, HEAD, OPTIONS\r\n")));
  client.send("OPTIONS /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.answer(true), AllOf(StartsWith("HTTP/1.1 204 "), HasSubstr("Allow: GET")));
  client.send("GET /broken HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(errors, ElementsAre(AllOf(HasSubstr("/broken"), HasSubstr("no luck"))));
}

TEST_F(server_test, LogsEveryAnswerOnce) {
  std::vector<std::string> lines;
  options.access_log = [&](const access_record& r) {
    lines.push_back(std::string{r.method} + " " + std::string{r.target} + " " +
                    std::to_string(r.status) + " " + std::to_string(r.bytes) + " " +
                    std::string{r.user_agent} + " " + r.client->client_address);
  };
  start();
  auto client = connect();
  client.send("GET /hello?q HTTP/1.1\r\nHost: a\r\nUser-Agent: me\r\n\r\n");
  client.answer();
  client.send(get);
  event(kind::begin);
  client.close();
  event(kind::aborted);
  auto broken = connect();
  broken.send("GET nowhere HTTP/1.1\r\n\r\n");
  broken.answer();
  EXPECT_THAT(lines, ElementsAre("GET /hello?q 200 5 me 127.0.0.1", "GET /x 499 0  127.0.0.1",
                                 StartsWith("GET  400 ")));
}

TEST_F(server_test, DrainsByFinishingWhatRunsAndClosingWhatDoesNot) {
  start();
  auto idle = connect(), busy = connect(), fresh = connect(), late = connect();
  idle.send(hello);
  idle.answer();
  late.send(hello);
  late.answer();
  busy.send(get);
  auto id = event(kind::begin).id;
  run_until([&] { return server->stats().connections == 4; });
  bool drained = false;
  server->drain([&] { drained = true; });
  late.send(hello);
  EXPECT_THAT(late.answer(), HasSubstr("Connection: close\r\n"));
  pass(options.limits.farewell_timeout + 1ms);
  EXPECT_TRUE(idle.wait_end());
  EXPECT_TRUE(fresh.wait_end());
  EXPECT_FALSE(drained);
  answer(id, "the last");
  EXPECT_THAT(busy.answer(), AllOf(HasSubstr("Connection: close\r\n"), EndsWith("the last")));
  EXPECT_TRUE(busy.wait_end());
  EXPECT_TRUE(run_until([&] { return drained; }));
  int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  EXPECT_NE(::connect(fd, address.endpoint.data(), static_cast<socklen_t>(address.endpoint.size())),
            0)
      << "nobody listens any more";
  ::close(fd);
}

TEST_F(server_test, DrainsAtOnceWhenNothingIsThere) {
  start();
  bool drained = false;
  server->drain([&] { drained = true; });
  EXPECT_TRUE(run_until([&] { return drained; }));
}

TEST_F(server_test, ClosesAllAtOnceAndSaysSo) {
  start();
  auto idle = connect(), busy = connect();
  busy.send(get);
  event(kind::begin);
  run_until([&] { return server->stats().connections == 2; });
  server->close_all();
  EXPECT_TRUE(idle.wait_end());
  EXPECT_TRUE(busy.wait_end());
  event(kind::aborted);
  EXPECT_TRUE(gone());
}

TEST_F(server_test, MayBeDestroyedInTheMidstOfEverything) {
  start();
  auto busy = connect(), half = connect();
  busy.send(get);
  half.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 400000\r\n\r\nab");
  event(kind::begin, 2);
  server.reset();
  auto seen = application.events.size();
  EXPECT_TRUE(busy.wait_end());
  EXPECT_TRUE(half.wait_end());
  EXPECT_EQ(application.events.size(), seen);
  EXPECT_EQ(wheel.size(), 0u) << "no deadline stays behind";
}

TEST_F(server_test, AConnectionHasOneDeadlineWhateverTheNumberOfItsRequests) {
  start();
  auto client = connect();
  for (int i = 0; i < 100; ++i) {
    client.send(hello);
    client.answer();
  }
  EXPECT_EQ(wheel.size(), 1u);
}

TEST(limits_test, RefusesWhatMakesNoSense) {
  EXPECT_FALSE(limits{}.validate());
  limits l;
  l.max_target_bytes = l.max_head_bytes + 1;
  EXPECT_THAT(context_of(l.validate()), HasSubstr("max_target_bytes"));
  l = {};
  l.write_idle_timeout = 0ms;
  EXPECT_THAT(context_of(l.validate()), HasSubstr("timeout"));
  l = {};
  l.max_in_flight = 0;
  EXPECT_TRUE(l.validate());
}

}  // namespace
}  // namespace puff::http
