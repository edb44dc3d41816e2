#include "services/graphql/output/json_text.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "services/graphql/output/json_writer.hpp"

namespace puff::graphql {
namespace {

std::string real(double v) {
  std::string out;
  append_real(out, v);
  return out;
}

TEST(json_text, WritesRealsAsJavaScriptDoes) {
  EXPECT_EQ(real(1), "1");
  EXPECT_EQ(real(-0.0), "0");
  EXPECT_EQ(real(0.1), "0.1");
  EXPECT_EQ(real(-1.5), "-1.5");
  EXPECT_EQ(real(1e21), "1e+21");
  EXPECT_EQ(real(123456789012345680000.0), "123456789012345680000");
  EXPECT_EQ(real(1e-6), "0.000001");
  EXPECT_EQ(real(1.25e-7), "1.25e-7");
  EXPECT_EQ(real(5e-324), "5e-324");
  EXPECT_EQ(real(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
  EXPECT_EQ(real(NAN), "null");
  EXPECT_EQ(real(9007199254740993.0), "9007199254740992");
}

TEST(json_text, EscapesOnlyWhatItMust) {
  EXPECT_EQ(quoted("a\"b\\c\n\r\t\b\f"), R"("a\"b\\c\n\r\t\b\f")");
  EXPECT_EQ(quoted(std::string_view{"\0\x1f", 2}), R"("\u0000\u001f")");
  EXPECT_EQ(quoted("\x7f/ é日本😀"), "\"\x7f/ é日本😀\"");
  EXPECT_EQ(quoted(""), "\"\"");
}

TEST(json_text, EscapesAtEveryPlaceOfABlock) {
  for (std::size_t length = 1; length < 40; ++length)
    for (std::size_t at = 0; at < length; ++at) {
      std::string text(length, 'x');
      text[at] = '"';
      auto wanted = "\"" + std::string(at, 'x') + "\\\"" + std::string(length - at - 1, 'x') + "\"";
      EXPECT_EQ(graphql::quoted(text), wanted);
    }
}

TEST(json_writer, LongTextsAreEscapedInPieces) {
  for (const std::size_t size : {4095u, 4096u, 4097u, 20000u}) {
    std::string text(size, 'x');
    text[size / 2] = text[size - 1] = '\n';
    json_writer w{1};
    w.text(text);
    EXPECT_EQ(w.take(), graphql::quoted(text));
  }
}

TEST(json_writer, TakesBackWhatCameAfterAMark) {
  json_writer w{1};
  w.put('[');
  const auto mark = w.size();
  w.text("gone");
  w.integer(std::numeric_limits<std::int64_t>::min());
  w.rewind(mark);
  w.real(2.5);
  w.put(']');
  EXPECT_EQ(w.take(), "[2.5]");
}

}  // namespace
}  // namespace puff::graphql
