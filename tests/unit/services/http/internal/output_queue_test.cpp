#include "services/http/internal/output_queue.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace puff::http::internal {
namespace {

struct output_queue_test : testing::Test {
  output_queue queue;

  std::string taken(std::size_t entries = 16) {
    std::array<iovec, 16> v;
    auto used = queue.gather({v.data(), entries});
    std::string all;
    for (std::size_t i = 0; i < used; ++i)
      all.append(static_cast<char*>(v[i].iov_base), v[i].iov_len);
    return all;
  }
  std::size_t entries() {
    std::array<iovec, 16> v;
    return queue.gather(v);
  }
};

TEST_F(output_queue_test, PutsSmallPiecesTogetherAndKeepsLargeOnesApart) {
  queue.append("head");
  queue.append_piece("small");
  EXPECT_EQ(entries(), 1u);
  queue.append_piece(std::string(5000, 'l'));
  queue.append("tail");
  EXPECT_EQ(entries(), 3u);
  EXPECT_EQ(queue.bytes(), 4u + 5 + 5000 + 4);
  EXPECT_EQ(taken(), "headsmall" + std::string(5000, 'l') + "tail");
}

TEST_F(output_queue_test, SendsWhatIsSharedFromWhereItLies) {
  const auto large = std::make_shared<const std::string>(5000, 's');
  queue.append("head");
  queue.append_shared({large, "tail"});
  std::array<iovec, 16> v;
  ASSERT_EQ(queue.gather(v), 3u);
  EXPECT_EQ(v[1].iov_base, large->data());
  EXPECT_EQ(queue.bytes(), 4u + 5000 + 4);
  EXPECT_EQ(taken(), "head" + *large + "tail");
  EXPECT_EQ(large.use_count(), 2);
  queue.consume(5004);
  EXPECT_EQ(large.use_count(), 1);
  queue.append_shared({std::make_shared<const std::string>("small"), "!"});
  EXPECT_EQ(entries(), 1u);
  EXPECT_EQ(taken(), "tailsmall!");
}

TEST_F(output_queue_test, KeepsEveryByteInOrderWhateverIsTaken) {
  std::mt19937 random{7};
  std::string all, sent;
  char next = 'a';
  for (int round = 0; round < 3000; ++round) {
    std::string piece(random() % (round % 5 ? 40 : 9000), next);
    next = next == 'z' ? 'a' : static_cast<char>(next + 1);
    all += piece;
    random() % 2 ? queue.append(piece) : queue.append_piece(piece);
    if (round % 3 == 0 && !queue.empty()) {
      auto some = taken(4);
      some.resize(random() % (some.size() + 1));
      sent += some;
      queue.consume(some.size());
    }
  }
  while (!queue.empty()) {
    auto some = taken();
    sent += some;
    queue.consume(some.size());
  }
  EXPECT_TRUE(sent == all);
}

TEST_F(output_queue_test, StartsAnewOnceEmpty) {
  queue.append("abc");
  queue.consume(3);
  EXPECT_TRUE(queue.empty());
  queue.append("def");
  EXPECT_EQ(taken(), "def");
  queue.clear();
  EXPECT_EQ(entries(), 0u);
}

}  // namespace
}  // namespace puff::http::internal
