#include "cli/suggestion.hpp"

#include <gtest/gtest.h>

namespace puff::cli {
namespace {

const std::vector<std::string> commands{"serve", "status", "run", "runserver", "example_config"};

TEST(suggestion, FindsTheWordThatWasMeant) {
  EXPECT_EQ(nearest("serv", commands), "serve");
  EXPECT_EQ(nearest("sevre", commands), "serve");
  EXPECT_EQ(nearest("statsu", commands), "status");
  EXPECT_EQ(nearest("rum", commands), "run");
}

TEST(suggestion, TakesDashesForUnderscores) {
  EXPECT_EQ(nearest("example-config", commands), "example_config");
}

TEST(suggestion, CompletesABeginning) { EXPECT_EQ(nearest("exam", commands), "example_config"); }

TEST(suggestion, IsSilentWhenNothingIsNear) {
  EXPECT_EQ(nearest("deploy", commands), "");
  EXPECT_EQ(nearest("x", commands), "");
  EXPECT_EQ(did_you_mean("deploy", commands), "");
}

TEST(suggestion, AsksAsAPersonWould) {
  EXPECT_EQ(did_you_mean("serv", commands), "; did you mean 'serve'?");
}

TEST(suggestion, PrefersTheNearestOfSeveral) {
  EXPECT_EQ(nearest("--reuse-prot", {"--reuse-host", "--reuse-port"}), "--reuse-port");
}

}  // namespace
}  // namespace puff::cli
