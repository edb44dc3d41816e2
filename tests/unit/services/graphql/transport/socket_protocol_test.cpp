#include "services/graphql/transport/socket_protocol.hpp"

#include <gmock/gmock.h>

namespace puff::graphql {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct socket_protocol_test : testing::Test, socket_port {
  void send(std::string text) override { sent.push_back(std::move(text)); }
  void send(std::string head, std::shared_ptr<const std::string> shared,
            std::string_view tail) override {
    sent.push_back(head + *shared + std::string{tail});
    last_shared = shared;
  }
  void close(std::uint16_t code, std::string_view reason) override {
    closed = std::to_string(code) + " " + std::string{reason};
  }
  void authorize(std::string payload) override { asked = std::move(payload); }
  void begin(std::string id, wire_operation what) override {
    begun.push_back(id + " " + what.query);
  }
  void stop(const std::string& id) override { stopped.push_back(id); }

  void acknowledge(socket_protocol& to) {
    to.received(R"({"type":"connection_init"})");
    to.allowed();
    sent.clear();
  }
  static std::string subscribe(const std::string& id) {
    return R"({"type":"subscribe","id":")" + id + R"(","payload":{"query":"{a}"}})";
  }

  std::vector<std::string> sent, begun, stopped;
  std::string closed, asked;
  std::shared_ptr<const std::string> last_shared;
  socket_protocol socket{socket_dialect::transport_ws, 2, *this};
  socket_protocol old{socket_dialect::legacy, 2, *this};
};

TEST_F(socket_protocol_test, AcknowledgesWhoIsAllowed) {
  socket.received(R"({"type":"connection_init","payload":{"token":"x"}})");
  EXPECT_EQ(asked, R"({"token":"x"})");
  EXPECT_THAT(sent, IsEmpty());
  socket.allowed();
  EXPECT_THAT(sent, ElementsAre(R"({"type":"connection_ack"})"));
}

TEST_F(socket_protocol_test, RunsNothingBeforeItIsAcknowledged) {
  socket.received(subscribe("1"));
  EXPECT_EQ(closed, "4401 Unauthorized");
  closed.clear();
  old.received(R"({"type":"start","id":"1","payload":{"query":"{a}"}})");
  EXPECT_EQ(closed, "4401 Unauthorized");
  EXPECT_THAT(begun, IsEmpty());
}

TEST_F(socket_protocol_test, RunsNothingWhileItIsAuthorized) {
  socket.received(R"({"type":"connection_init"})");
  socket.received(subscribe("1"));
  EXPECT_EQ(closed, "4401 Unauthorized");
  socket.allowed();
  EXPECT_THAT(sent, IsEmpty());
}

TEST_F(socket_protocol_test, ClosesForWhoIsDenied) {
  socket.received(R"({"type":"connection_init"})");
  socket.denied();
  EXPECT_EQ(closed, "4403 Forbidden");
}

TEST_F(socket_protocol_test, IsInitialisedOnceAndInTime) {
  socket.init_expired();
  EXPECT_EQ(closed, "4408 Connection initialisation timeout");
  socket_protocol other{socket_dialect::transport_ws, 2, *this};
  acknowledge(other);
  other.init_expired();
  other.received(R"({"type":"connection_init"})");
  EXPECT_EQ(closed, "4429 Too many initialisation requests");
}

TEST_F(socket_protocol_test, RefusesWhatIsNoMessage) {
  for (const auto* text : {"", "{", "[]", "{}", R"({"type":7})", R"({"type":"what"})",
                           R"({"type":"connection_init","payload":[]})"}) {
    closed.clear();
    socket_protocol other{socket_dialect::transport_ws, 2, *this};
    other.received(text);
    EXPECT_EQ(closed, "4400 Invalid message received") << text;
  }
}

TEST_F(socket_protocol_test, CarriesAnOperationFromSubscribeToComplete) {
  acknowledge(socket);
  socket.received(subscribe("1"));
  EXPECT_THAT(begun, ElementsAre("1 {a}"));
  socket.next("1", R"({"data":1})");
  socket.completed("1");
  socket.next("1", R"({"data":2})");
  EXPECT_THAT(sent, ElementsAre(R"({"type":"next","id":"1","payload":{"data":1}})",
                                R"({"type":"complete","id":"1"})"));
}

TEST_F(socket_protocol_test, HandsOnByReferenceWhatOthersGetToo) {
  const auto body = std::make_shared<const std::string>(R"({"data":1})");
  acknowledge(socket);
  socket.next("1", body);
  EXPECT_THAT(sent, IsEmpty());
  socket.received(subscribe("1"));
  socket.next("1", body);
  EXPECT_THAT(sent, ElementsAre(R"({"type":"next","id":"1","payload":{"data":1}})"));
  EXPECT_EQ(last_shared, body);
  acknowledge(old);
  old.received(R"({"type":"start","id":"x","payload":{"query":"{a}"}})");
  old.next("x", body);
  EXPECT_THAT(sent, ElementsAre(R"({"type":"data","id":"x","payload":{"data":1}})"));
}

TEST_F(socket_protocol_test, TellsRequestErrorsAsAList) {
  acknowledge(socket);
  socket.received(subscribe("1"));
  socket.failed("1", error_body("no"));
  EXPECT_THAT(sent, ElementsAre(R"({"type":"error","id":"1","payload":[{"message":"no"}]})"));
  EXPECT_EQ(socket.operations(), 0u);
}

TEST_F(socket_protocol_test, StopsWhatTheClientHasEnough) {
  acknowledge(socket);
  socket.received(subscribe("1"));
  socket.received(R"({"type":"complete","id":"1"})");
  socket.received(R"({"type":"complete","id":"1"})");
  EXPECT_THAT(stopped, ElementsAre("1"));
  EXPECT_EQ(closed, "");
}

TEST_F(socket_protocol_test, RefusesASecondOperationOfOneName) {
  acknowledge(socket);
  socket.received(subscribe("1"));
  socket.received(subscribe("1"));
  EXPECT_EQ(closed, "4409 Subscriber for 1 already exists");
}

TEST_F(socket_protocol_test, BoundsItsOperations) {
  acknowledge(socket);
  for (const auto* id : {"1", "2", "3"}) socket.received(subscribe(id));
  EXPECT_EQ(begun.size(), 2u);
  EXPECT_EQ(socket.operations(), 2u);
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_THAT(sent.front(), testing::HasSubstr("Too many operations"));
}

TEST_F(socket_protocol_test, AnswersPings) {
  socket.received(R"({"type":"ping","payload":{"a":1}})");
  EXPECT_THAT(sent, ElementsAre(R"({"type":"pong","payload":{"a":1}})"));
}

TEST_F(socket_protocol_test, SpeaksTheOldDialect) {
  old.received(R"({"type":"connection_init","payload":{}})");
  old.allowed();
  old.received(R"({"type":"start","id":"1","payload":{"query":"{a}"}})");
  old.next("1", R"({"data":1})");
  old.received(R"({"type":"stop","id":"1"})");
  EXPECT_THAT(stopped, ElementsAre("1"));
  EXPECT_THAT(sent, ElementsAre(R"({"type":"connection_ack"})", R"({"type":"ka"})",
                                R"({"type":"data","id":"1","payload":{"data":1}})",
                                R"({"type":"complete","id":"1"})"));
  old.received(R"({"type":"connection_terminate"})");
  EXPECT_EQ(closed, "1000 ");
}

TEST_F(socket_protocol_test, ChoosesTheDialectThatTheClientNamesFirst) {
  EXPECT_EQ(choose_dialect({"x", "graphql-ws", "graphql-transport-ws"}), socket_dialect::legacy);
  EXPECT_EQ(choose_dialect({"graphql-transport-ws"}), socket_dialect::transport_ws);
  EXPECT_EQ(choose_dialect({}), std::nullopt);
}

}  // namespace
}  // namespace puff::graphql
