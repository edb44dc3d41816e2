#pragma once

#include <string>

#include "services/config/load.hpp"

/// The texts that are made from the table of keys.
namespace puff::config {

/// A complete, commented puff.toml whose values are the defaults. Keys without a default and tables
/// that repeat are commented out: "# " before what is there as an example, "## " before what may be
/// left out of it.
std::string example_config();

/// The reference of puff.toml in Markdown.
std::string docs_page();

/// A line for every effective value with where it came from.
std::string explain(const loaded& what);

}  // namespace puff::config
