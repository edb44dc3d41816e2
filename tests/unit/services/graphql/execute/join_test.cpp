#include "services/graphql/execute/join.hpp"

#include <gtest/gtest.h>

#include <map>

#include "services/graphql/values/column_builder.hpp"

namespace puff::graphql {
namespace {

std::vector<std::vector<std::uint32_t>> joined(const std::vector<column_ptr>& parents,
                                               const std::vector<column_ptr>& children) {
  const auto m = join(parents, parents[0]->size(), children, children[0]->size());
  std::vector<std::vector<std::uint32_t>> out;
  for (const auto& r : m.of_parent)
    out.emplace_back(m.rows.begin() + r.begin, m.rows.begin() + r.end);
  return out;
}

using rows = std::vector<std::vector<std::uint32_t>>;

TEST(join, KeepsTheRowsOrderWithinAParent) {
  EXPECT_EQ(joined({integers({2, 1})}, {integers({1, 2, 3, 2, 1})}), (rows{{1, 3}, {0, 4}}));
}

TEST(join, ParentsWithTheSameKeyShareTheirRows) {
  const auto m = join({integers({7, 7})}, 2, {integers({7})}, 1);
  EXPECT_EQ(m.rows.size(), 1u);
  EXPECT_EQ(m.of_parent[0].begin, m.of_parent[1].begin);
}

TEST(join, WholeNumbersMatchWhateverTheirType) {
  EXPECT_EQ(joined({texts({"5", "05", "-3"})}, {integers({5, -3})}), (rows{{0}, {}, {1}}));
  EXPECT_EQ(joined({reals({5, 5.5})}, {integers({5})}), (rows{{0}, {}}));
}

TEST(join, NullsMatchNothing) {
  column_builder a, b;
  a.null();
  a.text("x");
  b.null();
  b.text("x");
  EXPECT_EQ(joined({std::move(a).build()}, {std::move(b).build()}), (rows{{}, {1}}));
}

TEST(join, KeysOfSeveralColumnsDoNotRunIntoEachOther) {
  EXPECT_EQ(
      joined({texts({"a", "ab"}), texts({"bc", "c"})}, {texts({"ab", "a"}), texts({"c", "bc"})}),
      (rows{{1}, {0}}));
}

TEST(join, AgreesWithAMapForManyKeys) {
  std::vector<std::int64_t> parents, children;
  for (std::int64_t i = 0; i < 5000; ++i) parents.push_back(i * 1'000'003 - 77);
  for (std::int64_t i = 0; i < 20000; ++i) children.push_back((i % 7000) * 1'000'003 - 77);
  std::map<std::int64_t, std::vector<std::uint32_t>> wanted;
  for (std::uint32_t i = 0; i < children.size(); ++i) wanted[children[i]].push_back(i);
  const auto got = joined({integers(parents)}, {integers(children)});
  for (std::size_t i = 0; i < parents.size(); ++i) ASSERT_EQ(got[i], wanted[parents[i]]);
}

}  // namespace
}  // namespace puff::graphql
