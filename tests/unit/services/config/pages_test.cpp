#include "services/config/pages.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <sstream>

#include "services/config/places.hpp"
#include "tests/support/scratch_directory.hpp"

namespace puff::config {
namespace {

struct pages_test : testing::Test {
  support::scratch_directory here;

  expected<loaded> load_text(const std::string& text) {
    here.write("puff.toml", text);
    sources from;
    from.cwd = here.path();
    from.config_path = "puff.toml";
    return load(from);
  }

  // Without the "# " before tables and "key = value".
  static std::string uncommented(const std::string& text) {
    std::istringstream lines{text};
    std::string out;
    for (std::string line; std::getline(lines, line); out += line + "\n") {
      auto word = line.substr(0, line.find(" = "));
      bool is_key = word.size() < line.size() && word.find(' ', 2) == std::string::npos;
      if (line.starts_with("# [") || (line.starts_with("# ") && is_key)) line.erase(0, 2);
    }
    return out;
  }

  // Every value and where it is, without where it came from.
  static std::string values_of(const loaded& what) {
    std::string out;
    for (const auto& v : what.effective) out += v.label + " = " + v.text + "\n";
    return out;
  }
};

TEST_F(pages_test, ExampleConfigReadBackGivesTheDefaults) {
  auto defaults = load_text("");
  auto example = load_text(example_config());
  ASSERT_TRUE(defaults);
  ASSERT_TRUE(example) << context_of(example.error());
  EXPECT_EQ(values_of(*example), values_of(*defaults));
}

TEST_F(pages_test, ExampleConfigWritesEveryDefaultOut) {
  auto example = load_text(example_config());
  ASSERT_TRUE(example);
  for (const auto& v : example->effective) {
    if (v.text.empty() || v.label.starts_with("http_client")) continue;
    EXPECT_EQ(v.from.from, origin::source::file) << v.label;
  }
}

TEST_F(pages_test, ExampleConfigIsStillValidWithItsTablesUncommented) {
  auto text = uncommented(example_config());
  here.make_directory("config");
  here.write("config/dev.env", "");
  auto all = load_text(text);
  ASSERT_TRUE(all) << context_of(all.error());
  EXPECT_EQ(all->values.commands.size(), 1u);
  EXPECT_EQ(all->values.postgres.size(), 1u);
  EXPECT_EQ(all->values.task_queue.size(), 1u);
  EXPECT_EQ(all->values.graphql.size(), 1u);
  EXPECT_EQ(all->values.mounts.size(), 1u);
  EXPECT_EQ(all->values.postgres[0].url_origin.from, origin::source::fallback);
}

TEST_F(pages_test, ExampleAndDocumentationNameEveryKey) {
  auto example = example_config(), docs = docs_page();
  std::function<void(const section&)> each = [&](const section& in) {
    for (const auto& k : in.keys) {
      EXPECT_NE(example.find(std::string{k.name} + " = "), std::string::npos) << k.name;
      EXPECT_NE(docs.find("| `" + std::string{k.name} + "`"), std::string::npos) << k.name;
    }
    for (const auto& t : in.tables) each(t);
  };
  each(schema());
}

TEST_F(pages_test, DocumentationTablesHaveFourColumns) {
  auto docs = docs_page();
  std::istringstream lines{docs};
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("|")) {
      std::size_t bars = 0;
      for (std::size_t at = 0; at < line.size(); ++at)
        bars += line[at] == '|' && (at == 0 || line[at - 1] != '\\');
      EXPECT_EQ(bars, 5u) << line;
    }
}

TEST_F(pages_test, ExplainTellsOriginsAndHidesPasswords) {
  auto result = load_text("django = true\n[[postgres]]\nurl = \"postgres://bob:secret@db/x\"\n");
  ASSERT_TRUE(result);
  auto text = explain(*result);
  EXPECT_NE(text.find("django = true"), std::string::npos);
  EXPECT_NE(text.find("# puff.toml line 1\n"), std::string::npos);
  EXPECT_NE(text.find("postgres.default.url = \"postgres://bob:***@db/x\""), std::string::npos);
  EXPECT_EQ(text.find("secret"), std::string::npos);
  EXPECT_NE(text.find("# wsgi is not set"), std::string::npos);
}

}  // namespace
}  // namespace puff::config
