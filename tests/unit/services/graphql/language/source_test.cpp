#include "services/graphql/language/source.hpp"

#include <gtest/gtest.h>

namespace puff::graphql {
namespace {

/// By the definition, line by line.
location counted(const std::string& body, std::size_t offset) {
  location place;
  for (std::size_t i = 0; i < std::min(offset, body.size()); ++i) {
    const auto byte = static_cast<unsigned char>(body[i]);
    const bool ends = byte == '\n' || (byte == '\r' && body[i + 1] != '\n');
    if (ends) {
      ++place.line;
      place.column = 1;
    } else if (byte < 0x80 || byte >= 0xC0) {
      place.column += byte >= 0xF0 ? 2 : 1;
    }
  }
  return place;
}

TEST(graphql_source, KnowsLinesAndColumnsOfEveryByte) {
  std::string body;
  for (int i = 0; i < 40; ++i)
    body += "a\r\nb\rc\nd\xC3\xA9" + std::string(i, 'x') + "\xF0\x9F\x8D\xB5\r\n";
  const source text{body};
  const place_index index{body};
  for (std::uint32_t at = 0; at <= body.size() + 3; ++at) {
    ASSERT_EQ(index.at(at), text.at(at)) << at;
    ASSERT_EQ(text.at(at), counted(body, at)) << at;
  }
}

TEST(graphql_source, AnEmptyTextHasOnePlace) {
  EXPECT_EQ(place_index{""}.at(0), (location{1, 1}));
  EXPECT_EQ(place_index{""}.at(9), (location{1, 1}));
}

TEST(graphql_source, ATextThatEndsWhereAStepEnds) {
  const std::string body(128, 'x');
  EXPECT_EQ(place_index{body}.at(128), (location{1, 129}));
}

}  // namespace
}  // namespace puff::graphql
