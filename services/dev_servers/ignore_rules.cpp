#include "services/dev_servers/ignore_rules.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <array>

namespace puff::dev {
namespace {

constexpr std::array<std::string_view, 14> directories{
    ".git",         ".hg",   ".svn",        "__pycache__",   ".venv",
    "node_modules", ".puff", ".mypy_cache", ".pytest_cache", ".ruff_cache",
    ".tox",         ".nox",  ".idea",       ".vscode"};

constexpr std::array<const char*, 12> files{"*.pyc", "*.pyo",     "*~",          ".#*",
                                            "#*#",   ".*.sw?",    "*.swp",       "*.swx",
                                            "4913",  ".DS_Store", "*___jb_*___", ".~lock.*"};

bool matches(const char* pattern, const std::string& name) {
  return ::fnmatch(pattern, name.c_str(), 0) == 0;
}

}  // namespace

bool ignore_rules::ignores(std::string_view name) const {
  std::string whole{name};
  return std::any_of(more_.begin(), more_.end(),
                     [&](const auto& pattern) { return matches(pattern.c_str(), whole); });
}

bool ignore_rules::ignores_directory(std::string_view name) const {
  return std::find(directories.begin(), directories.end(), name) != directories.end() ||
         ignores(name);
}

bool ignore_rules::ignores_file(std::string_view name) const {
  std::string whole{name};
  return std::any_of(files.begin(), files.end(),
                     [&](const char* pattern) { return matches(pattern, whole); }) ||
         ignores(name);
}

}  // namespace puff::dev
