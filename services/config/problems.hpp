#pragma once

#include <string>
#include <vector>

#include "schemas/error.hpp"
#include "services/config/settings.hpp"

namespace puff::config {

/// Everything wrong with a configuration, so that one run reports all of it.
class problems {
 public:
  void add(const origin& where, std::string what);
  bool empty() const noexcept { return list_.empty(); }
  std::size_t size() const noexcept { return list_.size(); }

  /// "puff.toml:3:1: what", or "PUFF_BIND: what"; a line each, in order of the file.
  std::string text() const;
  /// `bad_config` with `text()`.
  error to_error() const;

 private:
  struct problem {
    origin where;
    std::string what;
  };
  std::vector<problem> list_;
};

}  // namespace puff::config
