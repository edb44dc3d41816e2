#include "services/graphql/language/parser.hpp"

#include <gtest/gtest.h>

namespace puff::graphql {
namespace {

graphql_error error_of(std::string text, parse_options options = {}) {
  auto doc = parse(std::move(text), options);
  return doc ? graphql_error{} : doc.errors().front();
}

const operation_node& first_operation(const document_ptr& doc) {
  return doc->definitions().front()->as_operation();
}

std::string repeated(std::string_view part, int times) {
  std::string out;
  while (times-- > 0) out += part;
  return out;
}

TEST(graphql_parser, KeepsWhatWasWritten) {
  auto doc = *parse("query Q($a: [Int!]! = [1]) @d { x: user(id: $a, w: {b: \"c\"}) { ...F } }");
  const auto& q = first_operation(doc);
  EXPECT_EQ(q.name.value, "Q");
  EXPECT_EQ(q.variables[0].variable.value, "a");
  EXPECT_EQ(q.variables[0].type->kind, node_kind::non_null_type);
  const auto& user = q.selection_set->selections[0]->as_field();
  EXPECT_EQ(user.response_key(), "x");
  EXPECT_EQ(user.arguments[0].value.kind, node_kind::variable);
  EXPECT_EQ(user.arguments[1].value.fields[0].value.text, "c");
  EXPECT_EQ(user.selection_set->selections[0]->as_spread().name.value, "F");
}

TEST(graphql_parser, SaysWhereATextFails) {
  auto error = error_of("{\n  a(b: )\r\n}");
  EXPECT_EQ(error.message, "Syntax Error: Unexpected \")\".");
  EXPECT_EQ(error.locations, (std::vector<location>{{2, 8}}));
}

TEST(graphql_parser, CountsColumnsInUtf16Units) {
  EXPECT_EQ(error_of("{ a(b: \"\xC3\xA9\xF0\x9F\x98\x80\" ?").locations.front(), (location{1, 14}));
}

TEST(graphql_parser, ResolvesEscapesOfAllPlanes) {
  auto doc = *parse(R"({ a(b: "\u{1F600}\uD83D\uDE00\u00e9\n") })");
  const auto& a = first_operation(doc).selection_set->selections[0]->as_field();
  EXPECT_EQ(a.arguments[0].value.text, "\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xC3\xA9\n");
}

TEST(graphql_parser, TakesTheIndentationOffBlockStrings) {
  auto doc = *parse("{ a(b: \"\"\"\n    x\n      y\n\n  \"\"\") }");
  const auto& value =
      first_operation(doc).selection_set->selections[0]->as_field().arguments[0].value;
  EXPECT_EQ(value.text, "x\n  y");
  EXPECT_TRUE(value.block);
}

TEST(graphql_parser, KeepsDescriptionsOfExecutableDefinitions) {
  auto doc = *parse("\"op\" query ($a: Int \"v\" $b: Int) { a } \"f\" fragment F on T { a }");
  EXPECT_EQ(doc->definitions()[0]->description->text, "op");
  EXPECT_EQ(first_operation(doc).variables[1].description->text, "v");
  EXPECT_EQ(doc->definitions()[1]->description->text, "f");
}

TEST(graphql_parser, RefusesVariablesOfFragments) {
  EXPECT_EQ(error_of("fragment F($a: Int) on T { a }").message,
            "Syntax Error: Expected \"on\", found \"(\".");
}

TEST(graphql_parser, RefusesBytesThatAreNoText) {
  EXPECT_EQ(error_of("{ \xFF }").message, "Syntax Error: Invalid UTF-8: 0xFF.");
  EXPECT_EQ(error_of("{ a(b: \"\xC3\") }").message, "Syntax Error: Invalid UTF-8: 0xC3.");
  EXPECT_EQ(error_of("# \xED\xA0\x80").message, "Syntax Error: Invalid character: U+D800.");
}

TEST(graphql_parser, EndsAtTheLimitOfTokens) {
  auto text = "{" + repeated(" a", 50) + "}";
  EXPECT_EQ(error_of(text, {.max_tokens = 20}).message,
            "Syntax Error: Document contains more that 20 tokens. Parsing aborted.");
  EXPECT_TRUE(parse(text, {.max_tokens = 52}));
}

TEST(graphql_parser, EndsAtTheLimitOfNestingWhateverIsNested) {
  constexpr auto wanted =
      "Syntax Error: Document is nested deeper than 200 levels. Parsing aborted.";
  parse_options any_length{.max_tokens = 0};
  EXPECT_EQ(error_of(repeated("{a", 100'000), any_length).message, wanted);
  EXPECT_EQ(error_of("{a(b:" + repeated("[", 100'000), any_length).message, wanted);
  EXPECT_EQ(error_of("{a(b:" + repeated("{c:", 100'000), any_length).message, wanted);
  EXPECT_EQ(error_of("query($a:" + repeated("[", 100'000), any_length).message,
            "Syntax Error: Type is nested deeper than 30 lists. Parsing aborted.");
}

TEST(graphql_parser, StandsTheDeepestNestingThatCanBeAllowed) {
  parse_options deep{.max_tokens = 0, .max_depth = 100'000};
  EXPECT_TRUE(parse(repeated("{a", 2000) + repeated("}", 2000), deep));
  EXPECT_FALSE(parse(repeated("{a", 2001) + repeated("}", 2001), deep));
}

TEST(graphql_parser, ReadsAValueAlone) {
  EXPECT_EQ((*parse_value("[1, $a]")).value->items.size(), 2u);
  EXPECT_FALSE(parse_value("$a", variables::refused));
  EXPECT_FALSE(parse_value("1 2"));
}

TEST(graphql_document, FindsOperationsAndFragments) {
  auto doc = *parse("query A { a } mutation B { b } fragment F on T { a }");
  EXPECT_EQ(doc->operation("B")->operation, operation_type::mutation);
  EXPECT_EQ(doc->operation(""), nullptr);
  EXPECT_EQ(doc->operation("C"), nullptr);
  EXPECT_EQ(doc->fragment("F")->type_condition->name.value, "T");
  EXPECT_NE((*parse("{ a }"))->operation(""), nullptr);
}

}  // namespace
}  // namespace puff::graphql
