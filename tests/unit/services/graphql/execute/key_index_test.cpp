#include "services/graphql/execute/key_index.hpp"

#include <gtest/gtest.h>

#include "services/graphql/values/column_builder.hpp"
#include "tests/support/graphql_world.hpp"

namespace puff::graphql {
namespace {

column_ptr column_of_json(std::string_view text) {
  auto kept = std::make_shared<const value>(json(text));
  std::vector<const value*> items;
  for (const auto& v : kept->list()) items.push_back(&v);
  return column_of(items, kept);
}

TEST(key_index, NumbersKeysInTheOrderOfTheirFirstAppearance) {
  key_index keys{4};
  std::vector<column_ptr> one{column_of_json("[7, -1, 7, 0]")};
  EXPECT_EQ(keys.add(one, 0), 0u);
  EXPECT_EQ(keys.add(one, 1), 1u);
  EXPECT_EQ(keys.add(one, 2), 0u);
  EXPECT_EQ(keys.add(one, 3), 2u);
  EXPECT_EQ(keys.size(), 3u);
}

TEST(key_index, FindsOnlyWhatWasAdded) {
  key_index keys{1};
  std::vector<column_ptr> one{column_of_json("[1, 2]")};
  keys.add(one, 0);
  EXPECT_EQ(keys.find(one, 0), 0u);
  EXPECT_EQ(keys.find(one, 1), key_index::none);
}

TEST(key_index, TakesANumberAndItsDigitsForTheSame) {
  key_index keys{4};
  std::vector<column_ptr> numbers{column_of_json("[12, -3, 1]")};
  std::vector<column_ptr> texts{column_of_json(R"(["12", "-3", "01", "1.0", "x"])")};
  for (std::size_t row = 0; row < 3; ++row) keys.add(numbers, row);
  EXPECT_EQ(keys.find(texts, 0), 0u);
  EXPECT_EQ(keys.find(texts, 1), 1u);
  EXPECT_EQ(keys.find(texts, 2), key_index::none);
  EXPECT_EQ(keys.find(texts, 3), key_index::none);
  EXPECT_EQ(keys.find(texts, 4), key_index::none);
}

TEST(key_index, HasNoNumberForAKeyWithANull) {
  key_index keys{2};
  std::vector<column_ptr> one{column_of_json("[null]")};
  std::vector<column_ptr> two{column_of_json("[1]"), column_of_json("[null]")};
  EXPECT_EQ(keys.add(one, 0), key_index::none);
  EXPECT_EQ(keys.add(two, 0), key_index::none);
  EXPECT_EQ(keys.size(), 0u);
}

TEST(key_index, TellsKeysOfSeveralColumnsApart) {
  key_index keys{4};
  std::vector<column_ptr> both{column_of_json(R"(["a", "ab", "a", 1, 11])"),
                               column_of_json(R"(["bc", "c", "bc", 11, 1])")};
  EXPECT_EQ(keys.add(both, 0), 0u);
  EXPECT_EQ(keys.add(both, 1), 1u);
  EXPECT_EQ(keys.add(both, 2), 0u);
  EXPECT_EQ(keys.add(both, 3), 2u);
  EXPECT_EQ(keys.add(both, 4), 3u);
}

TEST(key_index, GrowsPastWhatWasExpected) {
  key_index keys{2};
  std::string text = "[0";
  for (int i = 1; i < 5'000; ++i) text += "," + std::to_string(i * 1'048'576LL);
  std::vector<column_ptr> many{column_of_json(text + "]")};
  for (std::size_t row = 0; row < 5'000; ++row) ASSERT_EQ(keys.add(many, row), row);
  for (std::size_t row = 0; row < 5'000; ++row) ASSERT_EQ(keys.find(many, row), row);
}

}  // namespace
}  // namespace puff::graphql
