#include "services/config/edit_distance.hpp"

#include <gtest/gtest.h>

namespace puff::config {
namespace {

TEST(edit_distance, CountsEdits) {
  EXPECT_EQ(edit_distance("django", "django"), 0u);
  EXPECT_EQ(edit_distance("djngo", "django"), 1u);
  EXPECT_EQ(edit_distance("djagno", "django"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("Pool-Size", "pool_size"), 0u);
}

}  // namespace
}  // namespace puff::config
