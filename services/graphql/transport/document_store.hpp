#pragma once

#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "schemas/error.hpp"
#include "services/graphql/language/graphql_error.hpp"
#include "services/graphql/transport/http_question.hpp"

namespace puff::graphql {

/// Documents by the id that clients send instead of them.
using document_list = std::unordered_map<std::string, std::string>;

/// Reads a list that a client's build has made: an object of ids and documents (Relay,
/// graphql-codegen), or Apollo's manifest. `bad_config` says what is wrong with it.
expected<document_list> read_document_list(std::string_view json);

struct document_options {
  document_list trusted{};
  bool only_trusted = false;         ///< anything else is refused
  std::size_t max_kept = 0;          ///< that clients may leave here (APQ); 0: none
  std::size_t max_bytes = 8u << 20;  ///< of these together
};

/// The documents of one schema that clients may name: by `documentId`, or by the hash in
/// `extensions.persistedQuery` (automatic persisted queries), which leaves the document here if the
/// client sends it along. Of too many kept ones the one longest unused goes. One thread.
class document_store {
 public:
  explicit document_store(document_options options);

  /// Makes `asked.query` the document to execute. The error is for the client.
  std::optional<graphql_error> resolve(wire_operation& asked);
  /// The document was found valid: keeps it if its client has asked for that.
  void accepted(const wire_operation& asked);

  std::size_t kept() const noexcept { return order_.size(); }

 private:
  struct kept_document {
    std::string hash, text;
  };
  const std::string* find(const std::string& id);
  void trim();

  const document_options options_;
  std::unordered_set<std::string_view> trusted_texts_;
  std::list<kept_document> order_;  // the last used first
  std::unordered_map<std::string_view, std::list<kept_document>::iterator> by_hash_;
  std::size_t bytes_ = 0;
};

}  // namespace puff::graphql
