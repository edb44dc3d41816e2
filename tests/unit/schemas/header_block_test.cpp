#include "schemas/header_block.hpp"

#include <gtest/gtest.h>

namespace puff {
namespace {

TEST(header_block, KeepsOrderSpellingAndDuplicates) {
  header_block h;
  h.add("Set-Cookie", "a=1");
  h.add("X-Empty", "");
  h.add("set-cookie", "b=2");
  ASSERT_EQ(h.size(), 3u);
  EXPECT_EQ(h[0].name, "Set-Cookie");
  EXPECT_EQ(h[1].value, "");
  EXPECT_EQ(h[2].value, "b=2");
}

TEST(header_block, LooksUpWithoutCase) {
  header_block h;
  h.add("Content-Length", "12");
  EXPECT_EQ(h.get("content-length"), "12");
  EXPECT_FALSE(h.contains("content-lengt"));
  EXPECT_EQ(h.get("absent"), "");
}

}  // namespace
}  // namespace puff
