#include "services/http/internal/native_exchange.hpp"

#include <gmock/gmock.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "tests/support/http_server.hpp"

namespace puff::http {
namespace {

using namespace std::chrono_literals;
using boost::asio::awaitable;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

struct native_exchange_test : test::http_server_fixture {
  void add(std::string_view method, std::string_view pattern, coroutine_handler handler) {
    ASSERT_FALSE(routes->add(method, pattern, std::move(handler)));
  }
  std::string call(std::string_view text) {
    auto client = connect();
    client.send(text);
    return client.answer();
  }
};

constexpr auto get = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_F(native_exchange_test, AnswersAfterWaiting) {
  add("GET", "/wait/{what}", [&](exchange& x) -> awaitable<void> {
    boost::asio::steady_timer timer{io, 1ms};
    co_await timer.async_wait(boost::asio::use_awaitable);
    response r;
    r.body = x.params().get("what");
    x.respond(std::move(r));
  });
  start();
  EXPECT_THAT(call("GET /wait/rain HTTP/1.1\r\nHost: a\r\n\r\n"), EndsWith("\r\n\r\nrain"));
  EXPECT_EQ(server->stats().in_flight, 0u);
}

TEST_F(native_exchange_test, StreamsBothWaysWithinTheWindows) {
  add("POST", "/echo", [](exchange& x) -> awaitable<void> {
    x.start({});
    for (auto piece = co_await x.read(); !piece.empty(); piece = co_await x.read())
      co_await x.write(std::move(piece));
  });
  start();
  auto client = connect();
  constexpr std::size_t size = 4u << 20;
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) +
              "\r\n\r\n");
  std::string body(size, 'e');
  std::size_t sent = 0;
  EXPECT_TRUE(client.wait_until([&] {
    sent += client.offer(std::string_view{body}.substr(sent));
    client.receive();
    return client.in.ends_with("\r\n0\r\n\r\n");
  }));
  client.in.erase(0, client.in.find("\r\n\r\n"));
  EXPECT_EQ(static_cast<std::size_t>(std::count(client.in.begin(), client.in.end(), 'e')), size);
  client.in.clear();
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nq");
  EXPECT_THAT(client.answer(), EndsWith("\r\n1\r\nq\r\n0\r\n\r\n"));
}

TEST_F(native_exchange_test, AWriterWaitsForASlowReader) {
  std::size_t made = 0;
  add("GET", "/x", [&](exchange& x) -> awaitable<void> {
    x.start({});
    for (; made < 32u << 20; made += 65536) co_await x.write(std::string(65536, 'w'));
  });
  start();
  auto client = connect();
  client.send(get);
  run_until([&] { return made > 0; });
  for (int i = 0; i < 50; ++i) {
    io.restart();
    io.run_one_for(1ms);
  }
  EXPECT_LT(made, 32u << 20);
  EXPECT_TRUE(client.wait_until([&] {
    client.receive();
    return client.in.ends_with("\r\n0\r\n\r\n");
  }));
}

TEST_F(native_exchange_test, InvitesTheBodyWhenItIsFirstRead) {
  add("PUT", "/no", [](exchange& x) -> awaitable<void> {
    x.respond({});
    co_return;
  });
  add("PUT", "/yes", [](exchange& x) -> awaitable<void> {
    response r;
    r.body = co_await x.read();
    x.respond(std::move(r));
  });
  start();
  constexpr auto rest = " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  EXPECT_THAT(call(std::string{"PUT /no"} + rest),
              AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("Connection: close\r\n")));
  auto client = connect();
  client.send(std::string{"PUT /yes"} + rest);
  EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 100 "));
  client.send("ab");
  EXPECT_THAT(client.answer(), EndsWith("ab"));
}

TEST_F(native_exchange_test, AnExceptionIs500AndOneLineInTheLog) {
  add("GET", "/x", [](exchange&) -> awaitable<void> {
    throw std::runtime_error{"no luck"};
    co_return;
  });
  start();
  EXPECT_THAT(call(get), StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(errors, ElementsAre(AllOf(HasSubstr("GET /x"), HasSubstr("no luck"))));
}

TEST_F(native_exchange_test, AnExceptionAfterTheHeadCutsTheConnection) {
  add("GET", "/x", [](exchange& x) -> awaitable<void> {
    x.start({});
    co_await x.write("abc");
    throw std::runtime_error{"no luck"};
  });
  start();
  auto client = connect();
  client.send(get);
  EXPECT_TRUE(client.wait_end());
  EXPECT_THAT(client.in, EndsWith("3\r\nabc\r\n"));
  EXPECT_EQ(errors.size(), 1u);
}

TEST_F(native_exchange_test, AHandlerWithoutAnAnswerIs500) {
  add("GET", "/x", [](exchange&) -> awaitable<void> { co_return; });
  start();
  EXPECT_THAT(call(get), StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(errors, ElementsAre(HasSubstr("without an answer")));
}

TEST_F(native_exchange_test, ReadAndWriteThrowWhenTheClientIsGone) {
  std::vector<std::string> caught;
  auto note = [&](const boost::system::system_error& e) {
    caught.push_back(e.code() == boost::asio::error::operation_aborted ? "gone" : "other");
  };
  add("POST", "/read", [&](exchange& x) -> awaitable<void> {
    try {
      for (;;) co_await x.read();
    } catch (const boost::system::system_error& e) {
      note(e);
      throw;
    }
  });
  add("GET", "/write", [&](exchange& x) -> awaitable<void> {
    try {
      x.start({});
      for (;;) co_await x.write(std::string(65536, 'w'));
    } catch (const boost::system::system_error& e) {
      note(e);
      throw;
    }
  });
  start();
  auto reader = connect(), writer = connect();
  reader.send("POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 400000\r\n\r\nab");
  writer.send("GET /write HTTP/1.1\r\nHost: a\r\n\r\n");
  run_until([&] { return server->stats().in_flight == 2; });
  reader.close();
  writer.close();
  EXPECT_TRUE(run_until([&] { return caught.size() == 2; }));
  EXPECT_THAT(caught, ElementsAre("gone", "gone"));
  EXPECT_TRUE(errors.empty()) << "a client that leaves is no fault of the handler";
}

TEST_F(native_exchange_test, MayWorkOnAfterItsAnswer) {
  bool worked = false;
  add("GET", "/x", [&](exchange& x) -> awaitable<void> {
    x.respond({});
    boost::asio::steady_timer timer{io, 1ms};
    co_await timer.async_wait(boost::asio::use_awaitable);
    x.respond({});
    worked = true;
  });
  start();
  EXPECT_THAT(call(get), StartsWith("HTTP/1.1 200 "));
  EXPECT_TRUE(run_until([&] { return worked; }));
}

TEST_F(native_exchange_test, EndsWithTheServer) {
  bool began = false, ended = false;
  add("POST", "/x", [&](exchange& x) -> awaitable<void> {
    struct notes {
      bool& flag;
      ~notes() { flag = true; }
    } at_end{ended};
    began = true;
    for (;;) co_await x.read();
  });
  start();
  auto client = connect();
  client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 400000\r\n\r\nab");
  run_until([&] { return began; });
  server.reset();
  EXPECT_TRUE(run_until([&] { return ended; }));
}

}  // namespace
}  // namespace puff::http
