#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"

namespace puff::cli {

/// What `serve` can be told beside the settings; `dev` hands the same on.
struct serve_options {
  bool access_log = false;
  std::optional<std::uint32_t> io_threads;
  std::vector<std::string> words;  ///< all that were given, for another `serve`
};

/// Declares the options by which a node joins a cluster; what is given is appended to `words`,
/// which must outlive the parsing.
void declare_cluster_options(CLI::App& at, override_map& overrides,
                             std::vector<std::string>& words);

/// Declares the options of `serve`. `o` must outlive the parsing.
void declare_serve_options(CLI::App& at, override_map& overrides, serve_options& o);

}  // namespace puff::cli
