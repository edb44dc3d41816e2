#include "services/federation/identity.hpp"

#include <gtest/gtest.h>

namespace puff::federation {
namespace {

TEST(identity, IsReadAsItIsWritten) {
  const node_identity life{"web:1", 0xABCU};
  EXPECT_EQ(to_text(life), "0000000000000abc:web:1");
  EXPECT_EQ(life_from(to_text(life)), life);
}

TEST(identity, OtherTextsAreNone) {
  for (const auto* text : {"", "web-1", "0000000000000abc", "000000000000xabc:web", "abc:web"})
    EXPECT_FALSE(life_from(text)) << text;
}

TEST(identity, EachLifeHasAnotherEpoch) { EXPECT_NE(new_life("web").epoch, new_life("web").epoch); }

}  // namespace
}  // namespace puff::federation
