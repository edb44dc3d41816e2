#include "services/graphql/transport/media_type.hpp"

#include <gtest/gtest.h>

namespace puff::graphql {
namespace {

using enum response_media;

TEST(media_type, IsJsonForWhoAsksForNothingInParticular) {
  EXPECT_EQ(choose_media(""), json);
  EXPECT_EQ(choose_media("*/*"), json);
  EXPECT_EQ(choose_media("text/html, */*;q=0.1"), json);
}

TEST(media_type, IsWhatIsNamedFirstAmongEquals) {
  EXPECT_EQ(choose_media("application/graphql-response+json"), graphql_response);
  EXPECT_EQ(choose_media("application/json"), json);
  EXPECT_EQ(choose_media("application/graphql-response+json, application/json;q=0.9"),
            graphql_response);
  EXPECT_EQ(choose_media("application/graphql-response+json;q=0.5, application/json"), json);
}

TEST(media_type, CountsTheMostSpecificRange) {
  EXPECT_EQ(choose_media("application/json;q=0, */*"), graphql_response);
  EXPECT_EQ(choose_media("application/*;q=0, application/json"), json);
}

TEST(media_type, IsNoneForWhoTakesNeither) {
  EXPECT_EQ(choose_media("text/html"), std::nullopt);
  EXPECT_EQ(choose_media("application/json;q=0"), std::nullopt);
  EXPECT_EQ(choose_media("application/json;charset=utf-16"), std::nullopt);
}

TEST(media_type, KnowsWhoWantsEvents) {
  EXPECT_TRUE(accepts_events("text/event-stream"));
  EXPECT_TRUE(accepts_events("application/json, Text/Event-Stream;q=0.5"));
  EXPECT_FALSE(accepts_events("text/event-stream;q=0"));
  EXPECT_FALSE(accepts_events("*/*"));
}

TEST(media_type, ReadsTheCharset) {
  const auto given = parse_media_type("Application/JSON ; a=\"x;y\"; Charset=\"UTF-8\"");
  EXPECT_EQ(given.type, "application/json");
  EXPECT_EQ(given.charset, "utf-8");
  EXPECT_EQ(parse_media_type("").type, "");
}

TEST(media_type, PartsAreAcceptedInTheFormatsOfTwoSpecifications) {
  using enum incremental_format;
  EXPECT_EQ(accepted_increments("application/json"), none);
  EXPECT_EQ(accepted_increments("*/*"), none);
  EXPECT_EQ(accepted_increments("application/json, multipart/mixed"), by_id);
  EXPECT_EQ(accepted_increments("text/event-stream"), by_id);
  EXPECT_EQ(accepted_increments("multipart/mixed; incrementalSpec=\"v0.2\""), by_id);
  EXPECT_EQ(accepted_increments("Multipart/Mixed;deferSpec=20220824, application/json"), by_path);
  EXPECT_EQ(accepted_increments("multipart/mixed;incrementalSpec=v9"), none);
  EXPECT_EQ(accepted_increments("multipart/mixed;q=0"), none);
}

}  // namespace
}  // namespace puff::graphql
