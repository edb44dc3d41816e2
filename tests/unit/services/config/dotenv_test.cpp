#include "services/config/dotenv.hpp"

#include <gtest/gtest.h>

#include <map>

namespace puff::config {
namespace {

struct dotenv_test : testing::Test {
  std::map<std::string, std::string, std::less<>> environment;

  expected<std::vector<dotenv_variable>> parse(std::string_view text) {
    return parse_dotenv(text, ".env", [this](std::string_view name) {
      auto found = environment.find(name);
      return found == environment.end() ? std::nullopt : std::optional{found->second};
    });
  }

  std::string value(std::string_view text, std::string_view name = "A") {
    auto all = parse(text);
    if (!all) return "error: " + context_of(all.error());
    for (const auto& v : *all)
      if (v.name == name) return v.value;
    return "not there";
  }

  std::string wrong(std::string_view text) {
    auto all = parse(text);
    return all ? "no error" : context_of(all.error());
  }
};

TEST_F(dotenv_test, ReadsNamesAndValues) {
  auto all = parse("# first\n\nA=1\n  B = two words  # comment\nexport C=3\r\n");
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 3u);
  EXPECT_EQ((*all)[0].value, "1");
  EXPECT_EQ((*all)[1].value, "two words");
  EXPECT_EQ((*all)[2].name, "C");
  EXPECT_EQ((*all)[2].value, "3");
  EXPECT_EQ((*all)[2].line, 5u);
}

TEST_F(dotenv_test, SingleQuotesKeepEverything) {
  EXPECT_EQ(value(R"(A='a\n "b" ${C} # d' # comment)"), R"(a\n "b" ${C} # d)");
}

TEST_F(dotenv_test, DoubleQuotesKnowEscapes) {
  EXPECT_EQ(value(R"(A="a\tb\n\"c\" \\ \$ d")"), "a\tb\n\"c\" \\ $ d");
}

TEST_F(dotenv_test, DoubleQuotesSpanLines) {
  EXPECT_EQ(value("A=\"one\ntwo\n\"\nB=3\n"), "one\ntwo\n");
  auto all = parse("A=\"one\ntwo\n\"\nB=3\n");
  ASSERT_TRUE(all);
  EXPECT_EQ((*all)[1].line, 4u);
}

TEST_F(dotenv_test, BackslashAtTheEndOfAQuotedLineJoinsLines) {
  EXPECT_EQ(value("A=\"one \\\ntwo\""), "one two");
}

TEST_F(dotenv_test, HashBeginsACommentOnlyAfterABlank) {
  EXPECT_EQ(value("A=a#b"), "a#b");
  EXPECT_EQ(value("A=a #b"), "a");
  EXPECT_EQ(value("A=#b"), "");
}

TEST_F(dotenv_test, EmptyValuesAreEmpty) {
  EXPECT_EQ(value("A="), "");
  EXPECT_EQ(value("A=\"\""), "");
  EXPECT_EQ(value("A=''\n"), "");
}

TEST_F(dotenv_test, LastOfRepeatedNamesCounts) { EXPECT_EQ(value("A=1\nA=2\n"), "2"); }

TEST_F(dotenv_test, ReferencesTakeTheEnvironmentThenEarlierLines) {
  environment["HOST"] = "db";
  EXPECT_EQ(value("HOST=other\nPORT=5432\nA=postgres://${HOST}:${PORT}/\n"), "postgres://db:5432/");
  EXPECT_EQ(value("B=x\nA=\"<${B}>\""), "<x>");
}

TEST_F(dotenv_test, LoneDollarsAreKept) { EXPECT_EQ(value("A=pa$$word$"), "pa$$word$"); }

TEST_F(dotenv_test, ByteOrderMarkIsSkipped) {
  EXPECT_EQ(value("\xEF\xBB\xBF"
                  "A=1"),
            "1");
}

TEST_F(dotenv_test, ErrorsNameFileAndLine) {
  EXPECT_EQ(wrong("A=1\nB\n"), ".env:2: expected '=' after 'B'");
  EXPECT_EQ(wrong("=1\n"), ".env:1: expected a line NAME=value");
  EXPECT_EQ(wrong("\n1A=1\n"), ".env:2: expected a line NAME=value");
  EXPECT_EQ(wrong("A='open\nB=1"), ".env:1: this ' is not closed on its line");
  EXPECT_EQ(wrong("A=1\nB=\"open\nC=1\n"), ".env:2: this \" is never closed");
  EXPECT_EQ(wrong("A=\"a\" b"), ".env:1: expected the end of the line after the closing quote");
  EXPECT_EQ(wrong("A=\"\\q\""), ".env:1: unknown escape \\q; known are \\n \\t \\r \\\\ \\\" \\$");
  EXPECT_EQ(wrong("A=${B}"),
            ".env:1: ${B} is not set, neither above this line nor in the environment");
  EXPECT_EQ(wrong("A=${B"), ".env:1: expected a variable as ${NAME}");
  EXPECT_EQ(wrong("A=\"\\"), ".env:1: the file ends within an escape");
}

}  // namespace
}  // namespace puff::config
