#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "schemas/graphql.hpp"
#include "schemas/request.hpp"
#include "schemas/response.hpp"
#include "services/graphql/transport/media_type.hpp"
#include "services/graphql/transport/upload_form.hpp"

namespace puff::graphql {

/// What HTTP requests for a schema may be.
struct http_rules {
  std::size_t max_body_bytes = 1u << 20;
  std::uint32_t max_batch = 0;  ///< operations of one request; 0: a list of them is refused
  std::optional<upload_rules> uploads{};  ///< of requests with files; none: they are refused
};

/// One operation as its client wrote it.
struct wire_operation {
  std::string query;
  std::optional<std::string> operation_name;
  std::string variables;         ///< JSON of an object; empty: none
  std::string extensions;        ///< the same
  std::string document_id{};     ///< of a document that the server has; may stand for `query`
  std::string operation_id{};    ///< of `extensions.operationId`, for single connections
  std::string persisted_hash{};  ///< of `extensions.persistedQuery`; the same
};

enum class http_method : std::uint8_t { get, post };

/// All but `execute` are about single connections of GraphQL over SSE.
enum class question_kind : std::uint8_t {
  execute,
  reserve,  ///< a stream of events for the answers to other requests (PUT)
  listen,   ///< to the stream of `token`
  stop,     ///< the operation `operation_id` of the stream (DELETE)
};

/// What an HTTP request asks.
struct http_question {
  question_kind what = question_kind::execute;
  std::string token;         ///< of a reserved stream; empty: the answer comes to the request
  std::string operation_id;  ///< of that stream
  std::vector<wire_operation> operations;  ///< to execute; never none
  bool is_batch = false;                   ///< the answer is a list
  bool wants_events = false;               ///< by text/event-stream
  /// What @defer and @stream leave for later, if it may be delivered.
  incremental_format increments = incremental_format::none;
  http_method method = http_method::post;
  response_media media = response_media::json;
};

/// Reads a request by the GraphQL-over-HTTP specification: POST with JSON, or with a form whose
/// operations are `body` by now, or GET. The other
/// alternative is the answer to a request that is none. A browser cannot be made to send one from a
/// foreign page without asking first (CORS): a POST needs JSON's Content-Type, and a GET that a
/// foreign page sends unasked is refused; mutations over GET are refused later.
std::variant<http_question, puff::response> read_question(const puff::request& head,
                                                          std::string_view body,
                                                          const http_rules& rules);

/// One operation of a JSON text, as it also stands in the messages of WebSockets. The error is a
/// text for the client.
std::variant<wire_operation, std::string> read_operation(std::string_view json);

/// A response of which the body is a GraphQL response.
puff::response http_answer(graphql_outcome how, std::string body, response_media media);
/// One with nothing but an error.
puff::response http_refusal(std::uint16_t status, std::string_view why, response_media media);

/// What a request may not do by GET, if `operation` may not be executed so.
puff::response mutation_by_get(response_media media);

/// The body of a response that has nothing but an error.
std::string error_body(std::string_view why);

/// The token of "Authorization: Bearer ..".
std::optional<std::string> bearer_token(const header_block& headers);

}  // namespace puff::graphql
