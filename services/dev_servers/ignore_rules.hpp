#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace puff::dev {

/// Which files and directories of a project no person edits: version control, caches, virtual
/// environments, compiled Python, what editors keep beside a file.
class ignore_rules {
 public:
  ignore_rules() = default;
  /// `more`: further names, as a shell matches them ("*.log", "build").
  explicit ignore_rules(std::vector<std::string> more) : more_(std::move(more)) {}

  bool ignores_directory(std::string_view name) const;
  bool ignores_file(std::string_view name) const;

 private:
  bool ignores(std::string_view name) const;
  std::vector<std::string> more_;
};

}  // namespace puff::dev
