#include "services/http/response_writer.hpp"

#include <gmock/gmock.h>

#include "services/http/internal/http_date.hpp"
#include "services/http/status.hpp"

namespace puff::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct response_writer_test : testing::Test {
  response_head head;
  answer_shape shape;
  answer_plan plan;

  std::string written() {
    std::string out;
    auto result = write_head(out, head, shape);
    EXPECT_TRUE(result);
    if (result) plan = *result;
    return out;
  }
  std::string refusal() {
    std::string out = "kept";
    auto result = write_head(out, head, shape);
    EXPECT_FALSE(result);
    EXPECT_EQ(out, "kept");
    return result ? "" : context_of(result.error());
  }
};

TEST_F(response_writer_test, WritesStatusFieldsAndItsOwn) {
  head.status = 201;
  head.headers.add("X-One", "1");
  shape.whole_body = 3;
  auto text = written();
  EXPECT_THAT(text, StartsWith("HTTP/1.1 201 Created\r\nX-One: 1\r\nServer: puff\r\nDate: "));
  EXPECT_THAT(text, EndsWith(" GMT\r\nContent-Length: 3\r\n\r\n"));
  EXPECT_EQ(plan.framing, body_framing::sized);
  EXPECT_EQ(plan.length, 3u);
}

TEST_F(response_writer_test, KeepsAReasonAndTheApplicationsOwnServerAndDate) {
  head.reason = "Fine";
  head.headers.add("server", "mine");
  head.headers.add("DATE", "then");
  auto text = written();
  EXPECT_THAT(text, StartsWith("HTTP/1.1 200 Fine\r\n"));
  EXPECT_THAT(text, AllOf(HasSubstr("server: mine"), HasSubstr("DATE: then"),
                          Not(HasSubstr("puff")), Not(HasSubstr("GMT"))));
}

TEST_F(response_writer_test, FramesAnUnknownLengthByVersion) {
  EXPECT_THAT(written(),
              AllOf(HasSubstr("Transfer-Encoding: chunked\r\n"), Not(HasSubstr("Connection"))));
  EXPECT_EQ(plan.framing, body_framing::chunked);
  shape.minor_version = 0;
  EXPECT_THAT(written(), AllOf(Not(HasSubstr("chunked")), HasSubstr("Connection: close\r\n")));
  EXPECT_EQ(plan.framing, body_framing::until_close);
  EXPECT_FALSE(plan.keep_alive);
}

TEST_F(response_writer_test, TellsHttp10ThatTheConnectionStays) {
  shape.minor_version = 0;
  shape.whole_body = 0;
  EXPECT_THAT(written(), HasSubstr("Connection: keep-alive\r\n"));
}

TEST_F(response_writer_test, TakesTheApplicationsLengthOverItsOwn) {
  head.headers.add("Content-Length", "9");
  shape.whole_body = 4;
  auto text = written();
  EXPECT_THAT(text, HasSubstr("Content-Length: 9\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("Content-Length: 4")));
  EXPECT_EQ(plan.length, 9u);
}

TEST_F(response_writer_test, WritesNoBodyWhereNoneMayBe) {
  for (std::uint16_t status : {204, 304}) {
    head.status = status;
    shape.whole_body = 5;
    EXPECT_THAT(written(), AllOf(Not(HasSubstr("Content-Length")), Not(HasSubstr("chunked"))));
    EXPECT_EQ(plan.framing, body_framing::none);
  }
  head.status = 200;
  shape.head_request = true;
  EXPECT_THAT(written(), HasSubstr("Content-Length: 5\r\n"));
  EXPECT_EQ(plan.framing, body_framing::none);
  head.status = 304;
  head.headers.add("Content-Length", "77");
  EXPECT_THAT(written(), HasSubstr("Content-Length: 77\r\n"));
}

TEST_F(response_writer_test, DropsHopByHopFields) {
  for (auto name : {"Keep-Alive", "Transfer-Encoding", "TE", "Trailer", "Upgrade",
                    "Proxy-Connection", "Connection"})
    head.headers.add(name, "x-dropped");
  shape.whole_body = 1;
  EXPECT_THAT(written(), Not(HasSubstr("x-dropped")));
  EXPECT_TRUE(plan.keep_alive);
}

TEST_F(response_writer_test, ObeysAnApplicationThatClosesTheConnection) {
  head.headers.add("Connection", "x-y , Close");
  EXPECT_THAT(written(), HasSubstr("Connection: close\r\n"));
  EXPECT_FALSE(plan.keep_alive);
}

TEST_F(response_writer_test, RefusesToSplitAnAnswer) {
  for (const auto& value : {std::string{"a\r\nb: c"}, std::string{"a\nb"}, std::string{"a\rb"},
                            std::string{"a\0b", 3}}) {
    head = {};
    head.headers.add("X", value);
    EXPECT_THAT(refusal(), HasSubstr("value"));
    head = {};
    head.headers.add(value, "x");
    EXPECT_THAT(refusal(), HasSubstr("name"));
    head = {};
    head.reason = value;
    EXPECT_THAT(refusal(), HasSubstr("reason"));
  }
}

TEST_F(response_writer_test, RefusesNamesStatusesAndLengthsThatAreNone) {
  for (auto name : {"", "a b", "a:", "\xc3\xa9"}) {
    head = {};
    head.headers.add(name, "x");
    EXPECT_THAT(refusal(), HasSubstr("name"));
  }
  for (std::uint16_t status : {0, 99, 100, 101, 199, 1000}) {
    head = {};
    head.status = status;
    EXPECT_THAT(refusal(), HasSubstr("status"));
  }
  for (auto length : {"", "-1", "1 ", "1, 1", "0x1", "99999999999999999999"}) {
    head = {};
    head.headers.add("content-length", length);
    EXPECT_THAT(refusal(), HasSubstr("Content-Length"));
  }
  head = {};
  head.headers.add("Content-Length", "1");
  head.headers.add("content-length", "1");
  EXPECT_THAT(refusal(), HasSubstr("Content-Length"));
}

TEST_F(response_writer_test, KeepsBytesOfAnyCharacterSetInValues) {
  head.headers.add("X", "caf\xc3\xa9\t\xe9");
  EXPECT_THAT(written(), HasSubstr("X: caf\xc3\xa9\t\xe9\r\n"));
}

TEST(plain_answer_test, ExplainsItself) {
  EXPECT_EQ(plain_answer(404, "no such page").body, "404 Not Found: no such page\n");
  EXPECT_EQ(plain_answer(204).body, "");
  EXPECT_EQ(phrase_of(799), "Unknown");
}

TEST(chunk_size_test, IsHexadecimal) {
  std::string out;
  write_chunk_size(out, 255);
  write_chunk_size(out, 4096);
  EXPECT_EQ(out, "ff\r\n1000\r\n");
}

TEST(http_date_test, IsTheFixedFormOfRfc9110) {
  EXPECT_EQ(internal::date_field(784111777), "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
  EXPECT_EQ(internal::date_field(784111778), "Date: Sun, 06 Nov 1994 08:49:38 GMT\r\n");
}

}  // namespace
}  // namespace puff::http
