#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace puff::graphql {

/// A place for a person: both count from 1. Lines end with LF, CR or CR LF; columns count UTF-16
/// code units, as graphql-js and the editors of clients do.
struct location {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  bool operator==(const location&) const = default;
};

/// GraphQL text. Nodes of a document hold views into `body`, so a source lives as long as its
/// document.
struct source {
  std::string body;
  std::string name = "GraphQL request";

  /// The place of a byte of `body`; the end for any offset beyond it. Linear in `offset`: places
  /// are computed only for what is reported.
  location at(std::uint32_t offset) const noexcept;
};

}  // namespace puff::graphql
