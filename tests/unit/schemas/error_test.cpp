#include "schemas/error.hpp"

#include <gtest/gtest.h>
#include <caf/sec.hpp>

namespace puff {
namespace {

TEST(error, DescribesCodeAndContext) {
  EXPECT_EQ(describe(make_error(ec::timed_out)), "deadline passed");
  EXPECT_EQ(describe(make_error(ec::not_found, "route /x")), "not found: route /x");
}

TEST(error, MapsErrorsOfTheActorLibrary) {
  EXPECT_EQ(code_of(caf::sec::request_timeout), ec::timed_out);
  EXPECT_EQ(code_of(caf::sec::request_receiver_down), ec::unavailable);
  EXPECT_EQ(code_of(error{}), ec::none);
}

TEST(error, EveryRowNamesItsProjection) {
  for (int i = 1; i <= static_cast<int>(ec::internal); ++i) {
    const auto& row = row_of(static_cast<ec>(i));
    EXPECT_FALSE(row.name.empty());
    EXPECT_GE(row.http_status, 400);
    EXPECT_NE(row.exit_code, 0);
    EXPECT_FALSE(row.python_exception.empty());
  }
}

}  // namespace
}  // namespace puff
