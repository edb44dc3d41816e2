#include "services/config/internal/nearest.hpp"

#include <gtest/gtest.h>

namespace puff::config::internal {
namespace {

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
