#include "services/http/internal/native_websocket.hpp"

#include <gmock/gmock.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>

#include "tests/support/http_server.hpp"

namespace puff::http {
namespace {

using namespace std::chrono_literals;
using boost::asio::awaitable;
using testing::HasSubstr;
using testing::StartsWith;

/// A masked frame; the mask is zero.
std::string frame(int first, const std::string& payload) {
  std::string out{static_cast<char>(first), static_cast<char>(0x80 | payload.size())};
  return out + std::string(4, '\0') + payload;
}
std::string text(const std::string& payload) { return frame(0x81, payload); }
/// The same as the server sends it.
std::string sent_text(const std::string& payload) {
  return std::string{static_cast<char>(0x81), static_cast<char>(payload.size())} + payload;
}

constexpr auto upgrade =
    "GET /x HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Protocol: one, two\r\n\r\n";

struct native_websocket_test : test::http_server_fixture {
  void serve(websocket_handler handler) {
    ASSERT_FALSE(routes->add_websocket("/x", std::move(handler)));
    start();
  }
  /// A client whose socket is open, or who was refused; `head_of_answer` is its answer.
  test::http_client_socket dial() {
    auto client = connect();
    client.send(upgrade);
    head_of_answer = client.answer(true);
    return client;
  }
  bool gets(test::http_client_socket& client, const std::string& bytes) {
    bool got =
        client.wait_until([&] { return client.receive(), client.in.size() >= bytes.size(); });
    EXPECT_EQ(client.in.substr(0, bytes.size()), bytes);
    client.in.erase(0, bytes.size());
    return got;
  }
  static awaitable<void> echo(websocket& socket) {
    socket.accept(socket.subprotocols().empty() ? "" : socket.subprotocols().back());
    for (;;) {
      auto message = co_await socket.receive();
      if (!message) co_return;
      co_await socket.send(std::move(*message));
    }
  }

  std::string head_of_answer;
};

TEST_F(native_websocket_test, Echoes) {
  serve(echo);
  auto client = dial();
  EXPECT_THAT(head_of_answer, StartsWith("HTTP/1.1 101 "));
  EXPECT_THAT(head_of_answer, HasSubstr("Sec-WebSocket-Protocol: two\r\n"));
  EXPECT_EQ(server->stats().websockets, 1u);
  EXPECT_EQ(server->stats().in_flight, 0u);
  client.send(text("a") + text("b"));
  EXPECT_TRUE(gets(client, sent_text("a") + sent_text("b")));
}

TEST_F(native_websocket_test, FramesThatCameWithTheRequestAreRead) {
  serve(echo);
  auto client = connect();
  client.send(upgrade + text("early"));
  client.answer(true);
  EXPECT_TRUE(gets(client, sent_text("early")));
}

TEST_F(native_websocket_test, MayRefuse) {
  serve([](websocket& socket) -> awaitable<void> {
    response r;
    r.head.status = 401;
    socket.refuse(std::move(r));
    co_return;
  });
  dial();
  EXPECT_THAT(head_of_answer, StartsWith("HTTP/1.1 401 "));
}

TEST_F(native_websocket_test, OneThatReturnsRefuses) {
  serve([](websocket&) -> awaitable<void> { co_return; });
  dial();
  EXPECT_THAT(head_of_answer, StartsWith("HTTP/1.1 403 "));
}

TEST_F(native_websocket_test, OneThatThrowsIsAFault) {
  serve([](websocket& socket) -> awaitable<void> {
    socket.accept();
    throw std::runtime_error{"oh"};
    co_return;
  });
  auto client = dial();
  EXPECT_TRUE(gets(client, std::string{"\x88\x02\x03\xf3", 4}));  // 1011
  EXPECT_THAT(errors.at(0), HasSubstr("oh"));
}

TEST_F(native_websocket_test, HearsWhyItWasClosed) {
  std::uint16_t code = 0;
  std::string reason;
  serve([&](websocket& socket) -> awaitable<void> {
    socket.accept();
    auto message = co_await socket.receive();
    EXPECT_FALSE(message);
    code = socket.close_code();
    reason = socket.close_reason();
  });
  auto client = dial();
  client.send(frame(0x88, std::string{"\x0f\xa0why", 5}));
  EXPECT_TRUE(run_until([&] { return code == 4000; }));
  EXPECT_EQ(reason, "why");
  EXPECT_TRUE(client.wait_end());
}

TEST_F(native_websocket_test, AClientThatVanishesIs1006) {
  std::uint16_t code = 0;
  serve([&](websocket& socket) -> awaitable<void> {
    socket.accept();
    while (co_await socket.receive()) {
    }
    code = socket.close_code();
  });
  dial().reset();
  EXPECT_TRUE(run_until([&] { return code == 1006; }));
  EXPECT_EQ(server->stats().websockets, 0u);
}

TEST_F(native_websocket_test, OthersMaySendFromAnyThread) {
  std::shared_ptr<websocket_sender> sender;
  serve([&](websocket& socket) -> awaitable<void> {
    socket.accept();
    sender = socket.sender();
    while (co_await socket.receive()) {
    }
  });
  auto client = dial();
  ASSERT_TRUE(run_until([&] { return sender != nullptr; }));
  std::thread other{[&] {
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(sender->try_send({true, std::to_string(i)}));
  }};
  std::string wanted;
  for (int i = 0; i < 100; ++i) wanted += sent_text(std::to_string(i));
  EXPECT_TRUE(gets(client, wanted));
  other.join();
  client.close();
  EXPECT_TRUE(run_until([&] { return !sender->open(); }));
  EXPECT_FALSE(sender->try_send({true, "late"}));
}

TEST_F(native_websocket_test, ASenderIsRefusedWhenTheClientDoesNotRead) {
  std::shared_ptr<websocket_sender> sender;
  serve([&](websocket& socket) -> awaitable<void> {
    socket.accept();
    sender = socket.sender();
    while (co_await socket.receive()) {
    }
  });
  auto client = dial();
  ASSERT_TRUE(run_until([&] { return sender != nullptr; }));
  std::size_t taken = 0;
  const std::string piece(10'000, 'x');
  // Until several turns of the loop have made no room.
  for (int refused = 0; refused < 50 && taken < 10'000;) {
    if (sender->try_send({false, piece})) {
      ++taken;
      refused = 0;
    } else {
      ++refused;
    }
    io.restart();
    io.run_for(1ms);
  }
  EXPECT_LT(taken, 2'000u);
  const auto all = taken * (piece.size() + 4);
  std::size_t got = 0;
  EXPECT_TRUE(client.wait_until([&] {
    client.receive();
    got += std::exchange(client.in, {}).size();
    return got == all;
  }));
  EXPECT_TRUE(sender->try_send({false, piece}));
}

TEST_F(native_websocket_test, WritersWaitForSlowClients) {
  std::size_t sent = 0;
  bool ended = false;
  serve([&](websocket& socket) -> awaitable<void> {
    socket.accept();
    for (; socket.open() && sent < 1'000; ++sent) {
      // g++ 12 destroys temporaries of a co_await expression twice.
      websocket_message piece{false, std::string(65'536, 'x')};
      co_await socket.send(std::move(piece));
    }
    ended = true;
  });
  auto client = dial();
  run_until([&] { return sent > 3; });
  const auto soon = std::chrono::steady_clock::now() + 100ms;
  run_until([&] { return std::chrono::steady_clock::now() > soon; });
  EXPECT_LT(sent, 200u);
  client.close();
  ASSERT_TRUE(run_until([&] { return ended; }));
  EXPECT_TRUE(run_until([&] { return server->stats().connections == 0; }));
}

TEST_F(native_websocket_test, WithoutAnUpgradeItSaysSo) {
  serve(echo);
  auto client = connect();
  client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
  auto plain = client.answer();
  EXPECT_THAT(plain, StartsWith("HTTP/1.1 426 "));
  EXPECT_THAT(plain, HasSubstr("Upgrade: websocket\r\n"));
  client.send("DELETE /x HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 405 "));
}

TEST_F(native_websocket_test, APathMayHaveAPageBesides) {
  ASSERT_FALSE(routes->add("GET", "/x", plain_handler{[](const request&, const path_params&) {
                             return response{{}, "page"};
                           }}));
  serve(echo);
  auto client = connect();
  client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.answer(), testing::EndsWith("page"));
  client.send(upgrade);
  EXPECT_THAT(client.answer(true), StartsWith("HTTP/1.1 101 "));
}

TEST_F(native_websocket_test, AMountThatServesNoneGetsAnOrdinaryRequest) {
  start();
  auto client = connect();
  client.send(upgrade);
  EXPECT_FALSE(event(kind::begin).head->websocket);
  http_server_fixture::answer(application.last(kind::begin).id, "plain");
  EXPECT_THAT(client.answer(), testing::EndsWith("plain"));
}

TEST_F(native_websocket_test, ADrainSays1001AndWaitsForTheAnswer) {
  serve(echo);
  auto client = dial();
  bool drained = false;
  server->drain([&] { drained = true; });
  EXPECT_TRUE(gets(client, std::string{"\x88\x12\x03\xe9the server stops", 20}));
  EXPECT_FALSE(drained);
  client.send(frame(0x88, std::string{"\x03\xe9", 2}));
  EXPECT_TRUE(run_until([&] { return drained; }));
}

TEST_F(native_websocket_test, ADrainWaitsForNobodyLong) {
  serve(echo);
  auto client = dial();
  bool drained = false;
  server->drain([&] { drained = true; });
  run_until([&] { return !io.poll(); });
  pass(6s);
  EXPECT_TRUE(run_until([&] { return drained; }));
}

TEST_F(native_websocket_test, SilenceIsEndedByAPingWithoutAnAnswer) {
  serve(echo);
  auto client = dial();
  pass(21s);
  EXPECT_TRUE(gets(client, std::string{"\x89\x00", 2}));
  pass(62s);
  EXPECT_TRUE(client.wait_end());
}

}  // namespace
}  // namespace puff::http
