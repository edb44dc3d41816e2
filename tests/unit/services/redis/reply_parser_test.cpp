#include "services/redis/reply_parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace puff::redis {
namespace {

/// A reply as a short text: +status -failure :integer "bulk" nil [array].
std::string show(const redis_value& v) {
  struct {
    std::string operator()(redis_value::nil) const { return "nil"; }
    std::string operator()(std::int64_t n) const { return ":" + std::to_string(n); }
    std::string operator()(const std::string& s) const { return '"' + s + '"'; }
    std::string operator()(const redis_value::status& s) const { return "+" + s.text; }
    std::string operator()(const redis_value::failure& f) const { return "-" + f.text; }
    std::string operator()(const redis_value::array& a) const {
      std::string text = "[";
      for (const auto& v : a) text += (text.size() > 1 ? " " : "") + show(v);
      return text + "]";
    }
  } visitor;
  return std::visit(visitor, v.data);
}

std::vector<std::string> replies_in(reply_parser& parser) {
  std::vector<std::string> result;
  while (true) {
    auto reply = parser.take();
    if (!reply) {
      result.push_back("error: " + std::string{row_of(code_of(reply.error())).name});
      return result;
    }
    if (!*reply) return result;
    result.push_back(show(**reply));
  }
}

std::vector<std::string> parsed(std::string_view wire) {
  reply_parser parser;
  parser.feed(wire);
  return replies_in(parser);
}

constexpr std::string_view mixed =
    "+OK\r\n-ERR no\r\n:-42\r\n$5\r\na\r\nbc\r\n$-1\r\n*-1\r\n*0\r\n$0\r\n\r\n"
    "*3\r\n:1\r\n*2\r\n$1\r\nx\r\n-ERR in\r\n+S\r\n";
const std::vector<std::string> mixed_replies{
    "+OK", "-ERR no", ":-42", "\"a\r\nbc\"", "nil", "nil", "[]", "\"\"", "[:1 [\"x\" -ERR in] +S]"};

TEST(reply_parser, ReadsEveryKind) { EXPECT_EQ(parsed(mixed), mixed_replies); }

TEST(reply_parser, DoesNotCareHowBytesAreCut) {
  for (std::size_t step = 1; step < mixed.size(); ++step) {
    reply_parser parser;
    std::vector<std::string> replies;
    for (std::size_t at = 0; at < mixed.size(); at += step) {
      parser.feed(mixed.substr(at, step));
      for (auto& r : replies_in(parser)) replies.push_back(std::move(r));
    }
    EXPECT_EQ(replies, mixed_replies) << step;
  }
}

TEST(reply_parser, KeepsNestedArraysWhileTheyGrow) {
  std::string wire = "*3000\r\n", shown = "[";
  for (int i = 0; i < 3000; ++i) {
    wire += "*2\r\n$1\r\na\r\n*1\r\n:" + std::to_string(i) + "\r\n";
    shown += (i ? " " : "") + std::string{"[\"a\" [:"} + std::to_string(i) + "]]";
  }
  EXPECT_EQ(parsed(wire), std::vector{shown + "]"});
}

TEST(reply_parser, BoundsTheDepth) {
  auto nested = [](std::size_t depth) {
    std::string wire;
    for (std::size_t i = 0; i < depth; ++i) wire += "*1\r\n";
    return parsed(wire + ":1\r\n");
  };
  EXPECT_EQ(nested(reply_parser::max_depth), std::vector<std::string>{"[[[[[[[[:1]]]]]]]]"});
  EXPECT_EQ(nested(reply_parser::max_depth + 1), std::vector<std::string>{"error: bad_request"});
}

TEST(reply_parser, ReportsViolationsOfTheProtocol) {
  for (auto wire : {"HTTP/1.1 400 Bad Request\r\n", "!x\r\n", ":12a\r\n", "$x\r\n", "*-2\r\n",
                    "$-2\r\n", "\r\n\r\n"})
    EXPECT_EQ(parsed(wire), std::vector<std::string>{"error: bad_request"}) << wire;
}

TEST(reply_parser, DoesNotBelieveAnnouncedSizes) {
  EXPECT_TRUE(parsed("*2147483647\r\n:1\r\n").empty());
  EXPECT_TRUE(parsed("$536870912\r\nabc").empty());
}

TEST(reply_parser, BoundsTheSizeOfAReply) {
  reply_parser parser{1000};
  std::string small = "$900\r\n" + std::string(900, 'x') + "\r\n";
  for (int i = 0; i < 3; ++i) {
    parser.feed(small);
    EXPECT_EQ(replies_in(parser).size(), 1u);
  }
  parser.feed("$5000\r\n" + std::string(1500, 'x'));
  EXPECT_EQ(replies_in(parser), std::vector<std::string>{"error: too_large"});
}

TEST(reply_parser, CountsTheElementsOfAnUnfinishedArrayAsItsSize) {
  reply_parser parser{1000};
  parser.feed("*100000\r\n");
  for (int i = 0; i < 300; ++i) parser.feed(":1\r\n");
  EXPECT_EQ(replies_in(parser), std::vector<std::string>{"error: too_large"});
}

TEST(reply_parser, TakesBytesWithoutCopyingThem) {
  reply_parser parser;
  auto room = parser.prepare(16);
  ASSERT_GE(room.size(), 16u);
  std::ranges::copy(std::string_view{"$3\r\nabc\r\n+O"}, room.begin());
  parser.commit(11);
  EXPECT_EQ(replies_in(parser), std::vector<std::string>{"\"abc\""});
  parser.feed("K\r\n");
  EXPECT_EQ(replies_in(parser), std::vector<std::string>{"+OK"});
}

TEST(reply_parser, ReadsHugeValues) {
  reply_parser parser;
  std::string value(20 << 20, 'v');
  parser.feed("$" + std::to_string(value.size()) + "\r\n");
  for (std::size_t at = 0; at < value.size(); at += 100'000) {
    EXPECT_TRUE(replies_in(parser).empty());
    parser.feed(std::string_view{value}.substr(at, 100'000));
  }
  parser.feed("\r\n");
  auto reply = parser.take();
  ASSERT_TRUE(reply && *reply);
  EXPECT_TRUE(std::get<std::string>((*reply)->data) == value);
}

}  // namespace
}  // namespace puff::redis
