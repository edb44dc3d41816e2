#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "services/config/load.hpp"

namespace puff::config {
namespace {

namespace fs = std::filesystem;

const fs::path corpus = fs::path{PUFF_SOURCE_DIR} / "tests/support/broken_configs";

std::vector<std::string> corpus_files() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator{corpus})
    if (entry.path().extension() == ".toml") names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

// The lines "# expect: L:C: message" that a file of the corpus begins with.
std::string expectation(const std::string& name) {
  constexpr std::string_view mark = "# expect: ";
  std::ifstream in{corpus / name};
  std::string text, line;
  while (std::getline(in, line) && line.starts_with(mark))
    text += (text.empty() ? "" : "\n") + name + ":" + line.substr(mark.size());
  return text;
}

struct broken_config : testing::TestWithParam<std::string> {};

TEST_P(broken_config, IsRefusedAsItsFirstLinesSay) {
  sources from;
  from.config_path = GetParam();
  from.cwd = corpus;
  auto result = load(from);
  ASSERT_FALSE(result);
  EXPECT_EQ(code_of(result.error()), ec::bad_config);
  EXPECT_EQ(context_of(result.error()), expectation(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(corpus, broken_config, testing::ValuesIn(corpus_files()),
                         [](const auto& tested) {
                           auto name = tested.param.substr(0, tested.param.find('.'));
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(broken_configs, AreManyAndDiffer) { EXPECT_GE(corpus_files().size(), 45u); }

}  // namespace
}  // namespace puff::config
