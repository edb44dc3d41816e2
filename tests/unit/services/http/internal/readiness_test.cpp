#include "services/http/internal/readiness.hpp"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <vector>

namespace puff::http::internal {
namespace {

struct readiness_test : testing::Test {
  readiness_test() {
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
    sockets.start([this] { ++batches; }, [this](readiness::edge e) { edges.push_back(e); });
  }
  ~readiness_test() override {
    sockets.stop();
    settle();
    for (int end : ends)
      if (end >= 0) ::close(end);
  }
  void settle() {
    io.restart();
    io.poll();
  }
  void say(std::string_view text) {
    EXPECT_EQ(::send(ends[1], text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  }

  boost::asio::io_context io;
  readiness sockets{io};
  std::array<int, 2> ends{-1, -1};
  std::vector<readiness::edge> edges;
  int batches = 0;
};

TEST_F(readiness_test, TellsOfInputOnceUntilMoreComes) {
  ASSERT_TRUE(sockets.add(ends[0], 7));
  settle();
  edges.clear();
  say("a");
  settle();
  settle();
  ASSERT_EQ(edges.size(), 1u);
  EXPECT_EQ(edges[0].tag, 7u);
  EXPECT_TRUE(edges[0].readable);
  EXPECT_FALSE(edges[0].ended);
  say("b");
  settle();
  EXPECT_EQ(edges.size(), 2u);
}

TEST_F(readiness_test, TellsOfInputThatWasThereBeforeItWasAsked) {
  say("early");
  ASSERT_TRUE(sockets.add(ends[0], 1));
  settle();
  ASSERT_EQ(edges.size(), 1u);
  EXPECT_TRUE(edges[0].readable);
  EXPECT_TRUE(edges[0].writable);
}

TEST_F(readiness_test, TellsThatThePeerHasClosed) {
  ASSERT_TRUE(sockets.add(ends[0], 1));
  settle();
  edges.clear();
  ::close(std::exchange(ends[1], -1));
  settle();
  ASSERT_FALSE(edges.empty());
  EXPECT_TRUE(edges.back().readable);
  EXPECT_TRUE(edges.back().ended);
}

TEST_F(readiness_test, TellsThatThereIsRoomToWriteAgain) {
  ASSERT_TRUE(sockets.add(ends[0], 1));
  settle();
  edges.clear();
  std::array<char, 4096> block{};
  while (::send(ends[0], block.data(), block.size(), 0) > 0) {
  }
  settle();
  EXPECT_TRUE(edges.empty());
  while (::recv(ends[1], block.data(), block.size(), 0) > 0) {
  }
  settle();
  ASSERT_FALSE(edges.empty());
  EXPECT_TRUE(edges.back().writable);
}

TEST_F(readiness_test, TellsEdgesOfOneWakeUpInOneBatch) {
  std::array<int, 2> others{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, others.data()), 0);
  ASSERT_TRUE(sockets.add(ends[0], 1));
  ASSERT_TRUE(sockets.add(others[0], 2));
  settle();
  EXPECT_EQ(edges.size(), 2u);
  EXPECT_EQ(batches, 1);
  for (int end : others) ::close(end);
}

TEST_F(readiness_test, TellsNothingOnceStopped) {
  ASSERT_TRUE(sockets.add(ends[0], 1));
  sockets.stop();
  settle();
  EXPECT_TRUE(edges.empty());
}

TEST_F(readiness_test, SaysThatADescriptorCannotBeWatched) {
  EXPECT_FALSE(sockets.add(-1, 1));
  EXPECT_EQ(errno, EBADF);
}

}  // namespace
}  // namespace puff::http::internal
