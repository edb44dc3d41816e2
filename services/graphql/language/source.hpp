#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

  /// The place of a byte of `body`; the end for any offset beyond it. Linear in `offset`: for many
  /// places there is `place_index`.
  location at(std::uint32_t offset) const noexcept;
};

/// Finds any number of places of one text, each in the same short time.
class place_index {
 public:
  /// `body` outlives it.
  explicit place_index(std::string_view body);
  location at(std::uint32_t offset) const noexcept;

 private:
  static constexpr std::size_t step = 64;
  std::string_view body_;
  std::vector<location> known_;  ///< of every byte whose offset is a multiple of `step`
};

}  // namespace puff::graphql
