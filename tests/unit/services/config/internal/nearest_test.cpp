#include "services/config/internal/nearest.hpp"

#include <gtest/gtest.h>

namespace puff::config::internal {
namespace {

TEST(nearest, DistanceCountsEdits) {
  EXPECT_EQ(edit_distance("django", "django"), 0u);
  EXPECT_EQ(edit_distance("djngo", "django"), 1u);
  EXPECT_EQ(edit_distance("djagno", "django"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("Pool-Size", "pool_size"), 0u);
}

TEST(nearest, NearWordIsSuggested) {
  EXPECT_EQ(suggestion("schem", {"name", "schema"}), "; did you mean 'schema'?");
  EXPECT_EQ(suggestion("wsgi_app", {"asgi", "wsgi"}), "; did you mean 'wsgi'?");
}

TEST(nearest, FarWordStillNamesTheNearestKey) {
  EXPECT_EQ(suggestion("colour", {"name", "url"}), "; the nearest valid key is 'url'");
  EXPECT_EQ(suggestion(std::string(100000, 'x'), {"url"}), "; the nearest valid key is 'url'");
  EXPECT_EQ(suggestion("x", {}), "");
}

}  // namespace
}  // namespace puff::config::internal
