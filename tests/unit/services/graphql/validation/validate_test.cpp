#include "services/graphql/validation/validate.hpp"

#include <gmock/gmock.h>

#include "services/graphql/language/parser.hpp"
#include "services/graphql/schema/build_schema.hpp"

namespace puff::graphql {
namespace {

const schema& world() {
  static const auto made = *build_schema(
      "interface Pet { name(short: Boolean): String owner: Human mate: Pet } "
      "type Dog implements Pet { name(short: Boolean): String owner: Human mate: Pet barks: Int } "
      "type Cat implements Pet { name(short: Boolean): String owner: Human mate: Pet meows: Float "
      "} "
      "type Human { name: String pets: [Pet!]! } input By { id: ID name: String = \"x\" } "
      "type Query { dog: Dog pet: Pet pets(by: By, ratio: Float): [Pet] human: Human } "
      "type Subscription { born: Pet died: Pet }");
  return *made;
}

std::vector<std::string> messages(std::string text, const validation_options& options = {}) {
  auto doc = parse(source{std::move(text)}, parse_options{0, 200});
  std::vector<std::string> out;
  for (auto& e : doc ? validate(world(), **doc, options) : doc.errors()) out.push_back(e.message);
  return out;
}

std::string repeated(std::string_view part, int times) {
  std::string out;
  while (times-- > 0) out += part;
  return out;
}

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(graphql_validate, AcceptsWhatIsValid) {
  EXPECT_THAT(
      messages("query ($by: By, $s: Boolean!) { pets(by: $by) { ...P mate { __typename } } } "
               "fragment P on Pet { name(short: $s) ... on Dog { barks } }"),
      IsEmpty());
}

TEST(graphql_validate, ReportsInTheOrderOfTheText) {
  EXPECT_THAT(messages("{ dog { nam @nope } pets(bi: 1) { name } }"),
              ElementsAre("Cannot query field \"nam\" on type \"Dog\". Did you mean \"name\"?",
                          "Unknown directive \"@nope\".",
                          "Unknown argument \"bi\" on field \"Query.pets\". Did you mean \"by\"?"));
}

TEST(graphql_validate, HidesSuggestionsIfAsked) {
  EXPECT_THAT(messages("{ dog { nam } }", {.did_you_mean = suggestions::hidden}),
              ElementsAre("Cannot query field \"nam\" on type \"Dog\"."));
}

TEST(graphql_validate, RefusesIntrospectionIfAsked) {
  EXPECT_THAT(
      messages("{ __schema { queryType { name } } }", {.schema_questions = introspection::refused}),
      ElementsAre(HasSubstr("GraphQL introspection has been disabled"),
                  HasSubstr("GraphQL introspection has been disabled")));
}

TEST(graphql_validate, RefusesConditionsOnTheFieldOfASubscription) {
  EXPECT_THAT(messages("subscription S { born @include(if: true) { name } }"),
              ElementsAre("Subscription \"S\" must not use `@skip` or `@include` directives in the "
                          "top level selection."));
  EXPECT_THAT(messages("subscription { born { name } died { name } }"),
              ElementsAre("Anonymous Subscription must select only one top level field."));
}

TEST(graphql_validate, StopsAtTheLimitOfErrors) {
  auto found = messages("{ dog {" + repeated(" nope", 300) + " } }", {.max_errors = 10});
  ASSERT_EQ(found.size(), 11u);
  EXPECT_EQ(found.back(), "Too many validation errors, error limit reached. Validation aborted.");
}

TEST(graphql_validate, AcceptsAWholeNumberForAFloatAsDefect7) {
  EXPECT_THAT(
      messages("query ($f: Float = 1) { pets(ratio: 2) { name } x: pets(ratio: $f) { name } }"),
      IsEmpty());
}

TEST(graphql_validate, KeepsNullApartFromAbsenceAsComplaint6) {
  EXPECT_THAT(messages("{ pets(by: null) { name } x: pets(by: {id: null}) { name } }"), IsEmpty());
  EXPECT_THAT(messages("query ($s: Boolean! = null) { dog { name(short: $s) } }"),
              ElementsAre("Expected value of type \"Boolean!\", found null."));
}

TEST(graphql_validate, MergesNestedAliasesAndDuplicatesAsDefect4) {
  EXPECT_THAT(messages("{ dog { n: name n: name mate { name } mate { name __typename } } }"),
              IsEmpty());
  EXPECT_THAT(messages("{ dog { n: name(short: true) n: name(short: false) } }"),
              ElementsAre(HasSubstr("they have differing arguments")));
}

TEST(graphql_validate, ComparesManyEqualFieldsInLinearTimeAsComplaint8) {
  validation_options options{.max_root_fields = 0, .max_comparisons = 20'000};
  EXPECT_THAT(messages("{" + repeated(" __typename", 3000) + " }", options), IsEmpty());
  EXPECT_THAT(messages("{" + repeated(" dog { name owner { name } }", 1000) + " }", options),
              IsEmpty());
}

TEST(graphql_validate, BoundsTheSearchForConflictsAsComplaint8) {
  validation_options options{.max_aliases = 0, .max_comparisons = 10'000};
  EXPECT_THAT(
      messages("{ dog {" + repeated(" a: name a: barks", 1000) + " } }", options),
      ElementsAre("Validation aborted: too many comparisons of fields with the same name, at "
                  "most 10000 are made."));
}

TEST(graphql_validate, LimitsAliasesAsComplaint8) {
  std::string text = "{ dog {";
  for (int i = 0; i < 600; ++i) text += " a" + std::to_string(i) + ": name";
  EXPECT_THAT(messages(text + " } }"), ElementsAre("The operation has more than 500 aliases."));
}

TEST(graphql_validate, LimitsDirectivesAsComplaint8) {
  EXPECT_THAT(messages("{ dog { name" + repeated(" @skip(if: false)", 600) + " } }"),
              ElementsAre("The document has more than 500 directives."));
}

TEST(graphql_validate, LimitsDepthThroughFragments) {
  EXPECT_THAT(messages("query Q { pet { ...A } } fragment A on Pet { mate { ...B } } "
                       "fragment B on Pet { mate { mate { name } } }",
                       {.max_depth = 4}),
              ElementsAre("Operation \"Q\" has more than 4 levels of fields."));
}

TEST(graphql_validate, CountsFieldsThroughFragmentsWithoutWalkingThemAgain) {
  std::string text = "{ pet { ...F0 } }";
  for (int i = 0; i < 40; ++i) {
    auto next = "..." + std::string("F") + std::to_string(i + 1);
    text += " fragment F" + std::to_string(i) + " on Pet { a: mate { " + next + " } b: mate { " +
            next + " } }";
  }
  text += " fragment F40 on Pet { name }";
  EXPECT_THAT(messages(text), ElementsAre("The operation has more than 10000 fields."));
}

TEST(graphql_validate, LimitsTheDepthOfIntrospection) {
  EXPECT_THAT(messages("{ __schema { types { ...T } } } fragment T on __Type { fields { type { "
                       "fields { type { fields { name } } } } } }"),
              ElementsAre("Maximum introspection depth exceeded"));
}

TEST(graphql_validate, EndsOnFragmentsInACircle) {
  EXPECT_THAT(messages("{ pet { ...A ...A } } fragment A on Pet { mate { ...B } mate { ...B } } "
                       "fragment B on Pet { mate { ...A } mate { ...A } }"),
              testing::Contains("Cannot spread fragment \"A\" within itself via \"B\"."));
}

TEST(graphql_validate, RefusesChainsOfFragmentsThatWouldExhaustTheStack) {
  for (auto forward : {true, false}) {
    std::string fragments;
    for (int i = 0; i < 20'000; ++i) {
      auto one =
          "fragment F" + std::to_string(i) + " on Query { ...F" + std::to_string(i + 1) + " }";
      fragments = forward ? fragments + one : one + fragments;
    }
    EXPECT_THAT(messages("{ ...F0 } fragment F20000 on Query { __typename } " + fragments),
                ElementsAre("The document has more than 1000 fragments within one another."));
  }
}

TEST(graphql_validate, BoundsWhatOperationsAskOfTheirFragments) {
  std::string text = "fragment F on Query {";
  for (int i = 0; i < 400; ++i) text += " a" + std::to_string(i) + ": pets(ratio: $r) { name }";
  text += " }";
  for (int i = 0; i < 2'000; ++i) text += " query Q" + std::to_string(i) + "($r: Float) { ...F }";
  EXPECT_THAT(messages(text), ElementsAre("Validation aborted: too many operations share fragments "
                                          "with too many variables."));
}

TEST(graphql_validate, AcceptsDescriptionsOnOperations) {
  EXPECT_THAT(messages("\"says\" query Q(\"what\" $s: Boolean) { dog { name(short: $s) } }"),
              IsEmpty());
}

}  // namespace
}  // namespace puff::graphql
