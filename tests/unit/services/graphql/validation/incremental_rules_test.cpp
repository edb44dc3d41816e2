#include <gmock/gmock.h>

#include "services/graphql/language/parser.hpp"
#include "services/graphql/schema/build_schema.hpp"
#include "services/graphql/schema/incremental_directives.hpp"
#include "services/graphql/validation/validate.hpp"

namespace puff::graphql {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct incremental_rules_test : testing::Test {
  std::vector<std::string> messages(std::string text) const {
    const auto doc = parse(std::move(text));
    std::vector<std::string> out;
    for (auto& e : validate(*types, **doc)) out.push_back(e.message);
    return out;
  }

  const schema_ptr base = *build_schema(
      "type Query { list: [Query] one: Query name: String } "
      "type Mutation { list: [Query] one: Query } type Subscription { one: Query }");
  schema_ptr types = *with_incremental_directives(base);
};

TEST_F(incremental_rules_test, AcceptsWhatIsValid) {
  EXPECT_THAT(messages("query($on: Boolean!) { ... @defer(if: $on, label: \"a\") { name } "
                       "list @stream(initialCount: 1, label: \"b\") { name } }"),
              IsEmpty());
  EXPECT_THAT(messages("mutation { one { ... @defer { name } } }"), IsEmpty());
}

TEST_F(incremental_rules_test, ASchemaHasNeitherUnlessItIsGivenThem) {
  types = base;
  EXPECT_THAT(messages("{ ... @defer { name } }"), ElementsAre("Unknown directive \"@defer\"."));
}

TEST_F(incremental_rules_test, LabelsAreTextsAndUnique) {
  EXPECT_THAT(messages("query($l: String) { ... @defer(label: $l) { name } }"),
              ElementsAre("Argument \"@defer(label:)\" must be a static string."));
  EXPECT_THAT(
      messages("{ ... @defer(label: \"x\") { name } list @stream(label: \"x\") { name } }"),
      ElementsAre("Value for arguments \"defer(label:)\" and \"stream(label:)\" must be unique "
                  "across all Defer/Stream directive usages."));
}

TEST_F(incremental_rules_test, RootsOfMutationsAndSubscriptionsHaveNone) {
  EXPECT_THAT(messages("mutation { ... @defer { one { name } } list @stream { name } }"),
              ElementsAre("Defer directive cannot be used on root mutation type \"Mutation\".",
                          "Stream directive cannot be used on root mutation type \"Mutation\"."));
  EXPECT_THAT(messages("subscription { one { ... @defer { name } } }"),
              ElementsAre(HasSubstr("Defer directive not supported on subscription operations.")));
}

TEST_F(incremental_rules_test, OnlyListsAreStreamed) {
  EXPECT_THAT(messages("{ one @stream { name } }"),
              ElementsAre("Directive \"@stream\" cannot be used on non-list field \"Query.one\"."));
}

TEST_F(incremental_rules_test, AStreamedFieldIsNotMerged) {
  EXPECT_THAT(messages("{ list { name } list @stream { name } }"),
              ElementsAre(HasSubstr("they have overlapping stream directives")));
}

}  // namespace
}  // namespace puff::graphql
