#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "services/graphql/transport/http_question.hpp"

namespace puff::graphql::internal {

struct wire_operations {
  std::vector<wire_operation> all;
  bool is_list = false;
};

/// Reads an object with an operation, or a list of at most `max_batch`. The other alternative says
/// what is wrong, for the client.
std::variant<wire_operations, std::string> read_operations(std::string_view json,
                                                           std::uint32_t max_batch);

/// A message of a WebSocket.
struct wire_frame {
  std::string type;
  std::optional<std::string> id;
  std::string payload;  ///< its JSON; empty: none, or null
};
/// None if the text is no object with a type.
std::optional<wire_frame> read_frame(std::string_view json);

/// The text of `extensions.operationId`; empty if there is none.
std::string operation_id_of(std::string_view extensions);

/// The hash in `extensions.persistedQuery` (version 1); empty if there is none.
std::string persisted_hash_of(std::string_view extensions);

/// The documents of a list of them, or what is wrong with it.
std::variant<std::unordered_map<std::string, std::string>, std::string> read_document_list(
    std::string_view json);

/// What the payload of a `connection_init` has for "Authorization", in whatever case, by itself or
/// in its object "headers". None if there is no such text.
std::optional<std::string> authorization_of(std::string_view payload);

/// Whether a text is JSON of that kind.
bool is_object_or_null(std::string_view json);

}  // namespace puff::graphql::internal
