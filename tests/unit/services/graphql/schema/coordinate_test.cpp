#include "services/graphql/schema/coordinate.hpp"

#include <gtest/gtest.h>

#include "services/graphql/schema/build_schema.hpp"

namespace puff::graphql {
namespace {

schema_ptr shop() {
  return *build_schema(
      "directive @tag(name: String) on FIELD enum Size { BIG } input By { size: Size } "
      "type Query { item(by: By): Int }");
}

template <class T>
std::string name_at(std::string_view coordinate) {
  auto s = shop();
  auto found = find_coordinate(*s, coordinate);
  if (!found || !std::holds_alternative<const T*>(*found)) return "";
  return std::get<const T*>(*found)->name;
}

TEST(graphql_coordinate, NamesEveryKindOfElement) {
  EXPECT_EQ(name_at<named_type>("Query"), "Query");
  EXPECT_EQ(name_at<field>("Query.item"), "item");
  EXPECT_EQ(name_at<input_value>("Query.item(by:)"), "by");
  EXPECT_EQ(name_at<enum_value>("Size.BIG"), "BIG");
  EXPECT_EQ(name_at<input_value>("By.size"), "size");
  EXPECT_EQ(name_at<directive>("@tag"), "tag");
  EXPECT_EQ(name_at<input_value>("@tag(name:)"), "name");
}

TEST(graphql_coordinate, TellsAbsenceFromNonsense) {
  auto s = shop();
  EXPECT_TRUE(std::holds_alternative<std::monostate>(*find_coordinate(*s, "Query.nope")));
  EXPECT_TRUE(std::holds_alternative<std::monostate>(*find_coordinate(*s, "Nope")));
  for (const char* text : {"", "Query.", "Query.item(by)", "Query.item(by:) ", "@", ".a",
                           "Query(a:)", "Nope.a", "Query.nope(a:)", "@nope(a:)", "1a"})
    EXPECT_FALSE(find_coordinate(*s, text)) << text;
}

}  // namespace
}  // namespace puff::graphql
