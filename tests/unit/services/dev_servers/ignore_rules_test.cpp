#include "services/dev_servers/ignore_rules.hpp"

#include <gtest/gtest.h>

namespace puff::dev {
namespace {

TEST(ignore_rules, CachesAndVersionControlAreLeftOut) {
  ignore_rules rules;
  for (auto* name : {".git", "__pycache__", ".venv", "node_modules", ".puff", ".pytest_cache"})
    EXPECT_TRUE(rules.ignores_directory(name)) << name;
  for (auto* name : {"src", "git", "puff", "templates"})
    EXPECT_FALSE(rules.ignores_directory(name)) << name;
}

TEST(ignore_rules, TemporaryFilesOfEditorsAreLeftOut) {
  ignore_rules rules;
  for (auto* name :
       {"a.pyc", "a.py~", ".#a.py", "#a.py#", ".a.py.swp", ".a.py.swx", "4913", "a.py___jb_tmp___"})
    EXPECT_TRUE(rules.ignores_file(name)) << name;
  for (auto* name : {"a.py", "puff.toml", ".env", "4914", "a.html", "swp"})
    EXPECT_FALSE(rules.ignores_file(name)) << name;
}

TEST(ignore_rules, MoreNamesMayBeGiven) {
  ignore_rules rules{{"*.log", "build"}};
  EXPECT_TRUE(rules.ignores_file("server.log"));
  EXPECT_TRUE(rules.ignores_directory("build"));
  EXPECT_FALSE(rules.ignores_file("log"));
}

}  // namespace
}  // namespace puff::dev
