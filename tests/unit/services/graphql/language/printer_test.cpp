#include "services/graphql/language/printer.hpp"

#include <gtest/gtest.h>

#include "services/graphql/language/parser.hpp"

namespace puff::graphql {
namespace {

std::string printed(std::string text) { return print(**parse(std::move(text))); }

TEST(graphql_printer, LaysOutOperations) {
  EXPECT_EQ(printed("query Q($a:Int=1){x:a(b:$a,c:[1,{d:e}])@i(f:true){g}...F ...on T{h}}"),
            "query Q($a: Int = 1) {\n"
            "  x: a(b: $a, c: [1, {d: e}]) @i(f: true) {\n    g\n  }\n"
            "  ...F\n  ... on T {\n    h\n  }\n}");
}

TEST(graphql_printer, WritesPlainQueriesShort) { EXPECT_EQ(printed("query { a }"), "{\n  a\n}"); }

TEST(graphql_printer, BreaksLongArgumentLists) {
  EXPECT_EQ(
      printed("{ field(first: \"" + std::string(60, 'x') + "\", second: 123456789) }"),
      "{\n  field(\n    first: \"" + std::string(60, 'x') + "\"\n    second: 123456789\n  )\n}");
}

TEST(graphql_printer, EscapesControlCharacters) {
  EXPECT_EQ(print_string("\"\\\n\x01\x7F\xC2\x80\xC2\xA0"),
            "\"\\\"\\\\\\n\\u0001\\u007F\\u0080\xC2\xA0\"");
}

TEST(graphql_printer, KeepsTheValueOfBlockStrings) {
  for (const char* text : {"", "a", " a", "a\nb", "ends \\", "ends \"", "\"\"\"", "a\n  b\nc"}) {
    auto again = parse_value(print_block_string(text));
    ASSERT_TRUE(again) << text;
    EXPECT_EQ(again->value->text, text);
  }
}

TEST(graphql_printer, KeepsDefinitionsOfTypes) {
  constexpr auto text =
      "extend type A implements B & C @d {\n  \"x\"\n  a(b: [Int!]! = [1]): D @e\n}\n\n"
      "directive @f(a: Int) repeatable on FIELD | QUERY";
  EXPECT_EQ(printed(text), text);
}

TEST(graphql_printer, KeepsAnOperationOutOfATypeWithoutABody) {
  EXPECT_EQ(printed("type Query query { b: c }"), "type Query\n\nquery {\n  b: c\n}");
  EXPECT_EQ(printed("type A { a: B } query { b }"), "type A {\n  a: B\n}\n\n{\n  b\n}");
}

}  // namespace
}  // namespace puff::graphql
