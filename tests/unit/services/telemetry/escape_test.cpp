#include "services/telemetry/escape.hpp"

#include <gtest/gtest.h>

namespace puff::log {
namespace {

std::string json(std::string_view text) {
  std::string out;
  append_json(out, text);
  return out;
}

TEST(escape, JsonEscapesWhatItMust) {
  EXPECT_EQ(json("a\"b\\c\n\r\t"), R"("a\"b\\c\n\r\t")");
  EXPECT_EQ(json(std::string_view{"\0\x01\x7f", 3}), R"("\u0000\u0001\u007f")");
}

TEST(escape, JsonKeepsUnicode) {
  EXPECT_EQ(json("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x92\xa8"),
            "\"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x92\xa8\"");
}

TEST(escape, JsonReplacesEveryByteThatIsNotUnicode) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(json("\xff"), "\"" + bad + "\"");
  EXPECT_EQ(json("\xc0\x80"), "\"" + bad + bad + "\"");                      // overlong
  EXPECT_EQ(json("\xed\xa0\x80"), "\"" + bad + bad + bad + "\"");            // surrogate
  EXPECT_EQ(json("\xf4\x90\x80\x80"), "\"" + bad + bad + bad + bad + "\"");  // beyond U+10FFFF
  EXPECT_EQ(json("a\xe2\x82"), "\"a" + bad + bad + "\"");                    // cut off
}

TEST(escape, QuotedCannotBeLeft) {
  std::string out;
  append_quoted(out, "a\"b\\c\nd\x7f");
  EXPECT_EQ(out, R"("a\"b\\c\x0ad\x7f")");
}

TEST(escape, PrintableKeepsLinesOnRequest) {
  std::string with, without;
  append_printable(with, "a\n\tb\r", keep::lines);
  append_printable(without, "a\n\tb\r", keep::nothing);
  EXPECT_EQ(with, "a\n\tb\\x0d");
  EXPECT_EQ(without, "a\\x0a\\x09b\\x0d");
}

}  // namespace
}  // namespace puff::log
