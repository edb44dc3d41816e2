#include "services/graphql/transport/http_question.hpp"

#include <gtest/gtest.h>

namespace puff::graphql {
namespace {

struct http_question_test : testing::Test {
  puff::request post() {
    puff::request head;
    head.method = "POST";
    head.target = "/graphql";
    head.headers.add("Content-Type", "application/json");
    return head;
  }
  puff::request get(std::string query) {
    puff::request head;
    head.method = "GET";
    head.target = "/graphql?" + std::move(query);
    return head;
  }
  /// The question, which there must be.
  http_question asked(const puff::request& head, std::string_view body = {}) {
    auto read = read_question(head, body, rules);
    if (auto* refused = std::get_if<puff::response>(&read)) {
      ADD_FAILURE() << refused->body;
      return {};
    }
    return std::get<http_question>(std::move(read));
  }
  /// The status of a refusal; 0: there is none.
  int refused(const puff::request& head, std::string_view body = {}) {
    auto read = read_question(head, body, rules);
    auto* answer = std::get_if<puff::response>(&read);
    return answer == nullptr ? 0 : answer->head.status;
  }

  http_rules rules;
};

TEST_F(http_question_test, ReadsAllOfAnOperation) {
  const auto q = asked(post(), R"({"query":"{a}","operationName":"b","variables":{"c":[1]},
                                   "extensions":{"d":2},"unknown":3})");
  ASSERT_EQ(q.operations.size(), 1u);
  const auto& one = q.operations.front();
  EXPECT_EQ(one.query, "{a}");
  EXPECT_EQ(one.operation_name, "b");
  EXPECT_EQ(one.variables, R"({"c":[1]})");
  EXPECT_EQ(one.extensions, R"({"d":2})");
}

TEST_F(http_question_test, TakesNullForWhatMayBeLeftOut) {
  const auto q =
      asked(post(), R"({"query":"{a}","operationName":null,"variables":null,"extensions":null})");
  EXPECT_EQ(q.operations.front().operation_name, std::nullopt);
  EXPECT_EQ(q.operations.front().variables, "");
}

TEST_F(http_question_test, RefusesWhatIsNoOperation) {
  for (const auto* body : {"", "{", "[]", "7", "null", "\"{a}\"", "{}", R"({"query":7})",
                           R"({"query":"{a}","variables":7})", R"({"query":"{a}","variables":[]})",
                           R"({"query":"{a}","operationName":{}})", R"({"query":"{a}"} x)"})
    EXPECT_EQ(refused(post(), body), 400) << body;
}

TEST_F(http_question_test, ReadsAQueryString) {
  const auto q = asked(get("query=query+A%7Ba%7D&operationName=A&variables=%7B%22b%22%3A1%7D"));
  EXPECT_EQ(q.method, http_method::get);
  EXPECT_EQ(q.operations.front().query, "query A{a}");
  EXPECT_EQ(q.operations.front().operation_name, "A");
  EXPECT_EQ(q.operations.front().variables, R"({"b":1})");
  EXPECT_EQ(refused(get("operationName=A")), 400);
  EXPECT_EQ(refused(get("query={a}&variables=7")), 400);
}

TEST_F(http_question_test, ReadsAListUpToItsLimit) {
  EXPECT_EQ(refused(post(), R"([{"query":"{a}"}])"), 400);
  rules.max_batch = 2;
  const auto q = asked(post(), R"([{"query":"{a}"},{"query":"{b}"}])");
  EXPECT_TRUE(q.is_batch);
  EXPECT_EQ(q.operations.back().query, "{b}");
  EXPECT_EQ(refused(post(), R"([{"query":"a"},{"query":"b"},{"query":"c"}])"), 400);
}

TEST_F(http_question_test, RefusesOtherMethods) {
  auto head = post();
  head.method = "PATCH";
  EXPECT_EQ(refused(head, "{}"), 405);
}

TEST_F(http_question_test, FindsTheBearersToken) {
  header_block headers;
  EXPECT_EQ(bearer_token(headers), std::nullopt);
  headers.add("Authorization", "bearer abc");
  EXPECT_EQ(bearer_token(headers), "abc");
}

TEST_F(http_question_test, TellsRequestErrorsByTheStatusOnlyInTheNewMediaType) {
  const auto status = [](graphql_outcome how, response_media media) {
    return http_answer(how, "{}", media).head.status;
  };
  EXPECT_EQ(status(graphql_outcome::refused, response_media::json), 200);
  EXPECT_EQ(status(graphql_outcome::refused, response_media::graphql_response), 400);
  EXPECT_EQ(status(graphql_outcome::executed, response_media::graphql_response), 200);
  EXPECT_EQ(status(graphql_outcome::denied, response_media::json), 403);
}

TEST_F(http_question_test, ReservesListensToAndStopsStreams) {
  puff::request head;
  head.target = "/graphql?operationId=7";
  head.method = "PUT";
  EXPECT_EQ(asked(head).what, question_kind::reserve);
  head.method = "DELETE";
  EXPECT_EQ(refused(head), 400);
  head.headers.add("X-GraphQL-Event-Stream-Token", "secret");
  const auto stop = asked(head);
  EXPECT_EQ(stop.what, question_kind::stop);
  EXPECT_EQ(stop.operation_id, "7");
  auto listening = get("token=secret");
  listening.headers.add("Accept", "text/event-stream");
  EXPECT_EQ(asked(listening).what, question_kind::listen);
  EXPECT_EQ(asked(listening).token, "secret");
}

TEST_F(http_question_test, TakesOneOperationForAStream) {
  auto head = post();
  head.headers.add("X-GraphQL-Event-Stream-Token", "secret");
  const auto one = asked(head, R"({"query":"{a}","extensions":{"operationId":"x"}})");
  EXPECT_EQ(one.what, question_kind::execute);
  EXPECT_EQ(one.operation_id, "x");
}

}  // namespace
}  // namespace puff::graphql
