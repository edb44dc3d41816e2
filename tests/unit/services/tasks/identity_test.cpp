#include "services/tasks/identity.hpp"

#include <gtest/gtest.h>

#include <set>

namespace puff::tasks {
namespace {

TEST(task_identity, IsOrderedAsItWasMadeWithinAMillisecondToo) {
  identity_source ids;
  auto before = ids.next_at(1'000);
  for (int i = 0; i < 100'000; ++i) {
    auto id = ids.next_at(i % 3 == 0 ? 999 : 1'000);  // a clock that goes back
    EXPECT_LT(before.view(), id.view());
    before = id;
  }
  EXPECT_LT(before.view(), ids.next_at(1'001).view());
}

TEST(task_identity, IsReadBackFromItsText) {
  identity_source ids;
  auto id = ids.next();
  auto text = to_text(id);
  EXPECT_EQ(text.size(), 36u);
  EXPECT_EQ(text[14], '7');
  EXPECT_EQ(id_from_text(text), id);
  std::erase(text, '-');
  EXPECT_EQ(id_from_text(text), id);
  EXPECT_FALSE(id_from_text(text + "0"));
  EXPECT_FALSE(id_from_text(text.substr(1)));
  EXPECT_FALSE(id_from_text("zz"));
}

TEST(task_identity, OfTwoSourcesDiffers) {
  identity_source one, other;
  EXPECT_NE(one.next_at(5), other.next_at(5));
}

}  // namespace
}  // namespace puff::tasks
