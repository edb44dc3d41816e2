#include "services/graphql/transport/http_question.hpp"

#include <algorithm>

#include "services/graphql/output/json_text.hpp"
#include "services/graphql/transport/internal/wire_json.hpp"
#include "services/http/path_params.hpp"

namespace puff::graphql {
namespace {

using answer_or_question = std::variant<http_question, puff::response>;

/// A value of a query string or form.
std::string decoded(std::string_view text) {
  std::string plain{text};
  std::replace(plain.begin(), plain.end(), '+', ' ');
  return http::percent_decoded(plain);
}

/// Empty values are not there. Of equal names the first counts.
std::optional<std::string> parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const auto key = pair.substr(0, pair.find('='));
    if (decoded(key) != name) continue;
    auto value = decoded(pair.substr(std::min(key.size() + 1, pair.size())));
    if (value.empty()) return std::nullopt;
    return value;
  }
  return std::nullopt;
}

/// Whether a page of another site made a browser send this without CORS.
bool is_foreign_and_unasked(const header_block& headers) {
  const auto site = headers.get("sec-fetch-site");
  if (site.empty() || site == "same-origin" || site == "none") return false;
  return headers.get("sec-fetch-mode") != "cors";
}

answer_or_question read_get(const puff::request& head, http_question question) {
  if (is_foreign_and_unasked(head.headers))
    return http_refusal(403, "Requests from pages of other sites need CORS.", question.media);
  if (!question.token.empty() && question.wants_events) {
    question.what = question_kind::listen;
    return question;
  }
  question.token.clear();
  auto query = parameter(head.query(), "query");
  wire_operation asked;
  asked.operation_name = parameter(head.query(), "operationName");
  asked.variables = parameter(head.query(), "variables").value_or("");
  asked.extensions = parameter(head.query(), "extensions").value_or("");
  for (const auto* text : {&asked.variables, &asked.extensions})
    if (!text->empty() && !internal::is_object_or_null(*text))
      return http_refusal(400, "The parameters \"variables\" and \"extensions\" are JSON objects.",
                          question.media);
  asked.document_id = parameter(head.query(), "documentId").value_or("");
  if (!query && asked.extensions.empty() && asked.document_id.empty())
    return http_refusal(400, "The parameter \"query\" is missing.", question.media);
  asked.query = std::move(query).value_or("");
  asked.persisted_hash = internal::persisted_hash_of(asked.extensions);
  question.method = http_method::get;
  question.operations.push_back(std::move(asked));
  return question;
}

/// Of the stream that a request belongs to; empty: of none.
std::string stream_token(const puff::request& head) {
  const auto field = head.headers.get("x-graphql-event-stream-token");
  if (!field.empty()) return std::string{field};
  return parameter(head.query(), "token").value_or("");
}

/// PUT and DELETE, of which browsers ask before they send them for a foreign page.
answer_or_question read_stream_request(const puff::request& head, http_question question) {
  question.what = head.method == "PUT" ? question_kind::reserve : question_kind::stop;
  question.operation_id = parameter(head.query(), "operationId").value_or("");
  if (question.what == question_kind::stop && question.token.empty())
    return http_refusal(400, "The token of the stream is missing.", question.media);
  return question;
}

answer_or_question read_post(const puff::request& head, std::string_view body,
                             http_question question, const http_rules& rules) {
  const auto type = head.headers.get("content-type");
  if (type != "application/json") {
    const auto given = parse_media_type(type);
    const bool is_read_form = rules.uploads && given.type == "multipart/form-data";
    if (given.type != "application/json" && !is_read_form)
      return http_refusal(415, "A POST needs the Content-Type application/json.", question.media);
    if (!given.charset.empty() && given.charset != "utf-8" && given.charset != "utf8")
      return http_refusal(415, "JSON is sent as UTF-8.", question.media);
  }
  auto read = internal::read_operations(body, rules.max_batch);
  if (auto* why = std::get_if<std::string>(&read)) return http_refusal(400, *why, question.media);
  auto& found = std::get<internal::wire_operations>(read);
  question.operations = std::move(found.all);
  question.is_batch = found.is_list;
  if (question.token.empty()) return question;
  if (question.is_batch)
    return http_refusal(400, "A stream takes one operation at a time.", question.media);
  question.operation_id = question.operations.front().operation_id;
  return question;
}

std::uint16_t status_of(graphql_outcome how, response_media media) {
  if (how == graphql_outcome::denied) return 403;
  if (how == graphql_outcome::failed) return 500;
  if (media == response_media::json) return 200;
  switch (how) {
    case graphql_outcome::refused: return 400;
    case graphql_outcome::timed_out: return 504;
    case graphql_outcome::too_large:
    case graphql_outcome::cancelled: return 500;
    default: return 200;
  }
}

puff::response answer(std::uint16_t status, std::string body, response_media media) {
  puff::response out;
  out.head.status = status;
  out.head.headers.add("Content-Type", content_type_of(media));
  out.body = std::move(body);
  return out;
}

}  // namespace

answer_or_question read_question(const puff::request& head, std::string_view body,
                                 const http_rules& rules) {
  const auto accept = head.headers.get("accept");
  const auto media = choose_media(accept);
  http_question question;
  question.wants_events = accepts_events(accept);
  if (accept.size() >= 15) question.increments = accepted_increments(accept);
  const bool takes_parts = question.increments != incremental_format::none;
  if (!media && !question.wants_events && !takes_parts)
    return http_refusal(406,
                        "Responses are application/graphql-response+json, application/json or, of "
                        "subscriptions, text/event-stream.",
                        response_media::json);
  question.media = media.value_or(response_media::graphql_response);
  question.token = stream_token(head);
  if (head.method == "PUT" || head.method == "DELETE")
    return read_stream_request(head, std::move(question));
  if (head.method == "POST") return read_post(head, body, std::move(question), rules);
  if (head.method == "GET" || head.method == "HEAD") return read_get(head, std::move(question));
  auto refused = http_refusal(405, "GraphQL is asked by GET or POST.", question.media);
  refused.head.headers.add("Allow", "GET, POST, PUT, DELETE");
  return refused;
}

std::variant<wire_operation, std::string> read_operation(std::string_view json) {
  auto read = internal::read_operations(json, 0);
  if (auto* why = std::get_if<std::string>(&read)) return std::move(*why);
  return std::move(std::get<internal::wire_operations>(read).all.front());
}

puff::response http_answer(graphql_outcome how, std::string body, response_media media) {
  return answer(status_of(how, media), std::move(body), media);
}

puff::response http_refusal(std::uint16_t status, std::string_view why, response_media media) {
  return answer(status, error_body(why), media);
}

puff::response mutation_by_get(response_media media) {
  auto refused = http_refusal(405, "A mutation needs a POST.", media);
  refused.head.headers.add("Allow", "POST");
  return refused;
}

std::string error_body(std::string_view why) {
  std::string out = "{\"errors\":[{\"message\":";
  append_quoted(out, why);
  return out += "}]}";
}

std::optional<std::string> bearer_token(const header_block& headers) {
  constexpr std::string_view scheme = "Bearer ";
  const auto field = headers.get("authorization");
  if (field.size() <= scheme.size() || !equal_ignoring_case(field.substr(0, scheme.size()), scheme))
    return std::nullopt;
  return std::string{field.substr(scheme.size())};
}

}  // namespace puff::graphql
