#include "services/http/request_parser.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "tests/support/malformed_requests.hpp"

namespace puff::http {
namespace {

using progress = request_parser::progress;

struct request_parser_test : testing::Test {
  http::limits bounds;
  puff::request request;
  std::optional<request_parser> parser;
  std::string body;

  /// Feeds `input` in pieces of `piece` bytes, as a connection would; the last step taken.
  progress parse(std::string_view input, std::size_t piece = std::string_view::npos) {
    request = {};
    body.clear();
    parser.emplace(bounds, request);
    std::string waiting;
    progress last = progress::need_more;
    for (std::size_t at = 0; at < input.size(); at += std::min(piece, input.size())) {
      waiting += input.substr(at, piece);
      do {
        auto [what, taken] = parser->put(waiting);
        waiting.erase(0, taken);
        last = what;
        body += parser->take_body();
      } while (last == progress::head && !parser->done());
      if (parser->done()) rest = waiting;
      if (parser->done() || last == progress::failed) break;
    }
    return last;
  }

  bool accepts(std::string_view input) { return parse(input), parser->done(); }
  int status_of(std::string_view input) { return parse(input), parser->failure().status; }
  std::string rest;
};

TEST_F(request_parser_test, TakesAHeadAsItIs) {
  ASSERT_TRUE(accepts("GET /a%20b?c=d HTTP/1.1\r\nHost: a\r\nX-Empty:\r\nx-TWO:  v w \r\n\r\n"));
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.target, "/a%20b?c=d");
  EXPECT_EQ(request.path(), "/a%20b");
  EXPECT_EQ(request.query(), "c=d");
  EXPECT_EQ(request.minor_version, 1);
  ASSERT_EQ(request.headers.size(), 3u);
  EXPECT_EQ(request.headers[1].name, "X-Empty");
  EXPECT_EQ(request.headers[1].value, "");
  EXPECT_EQ(request.headers[2].name, "x-TWO");
  EXPECT_EQ(request.headers[2].value, "v w");
  EXPECT_TRUE(parser->keep_alive());
}

TEST_F(request_parser_test, TakesARequestInSinglesOfBytes) {
  auto text =
      "\r\nPOST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3;e=\"x\"\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\n";
  parse(text, 1);
  ASSERT_TRUE(parser->done());
  EXPECT_EQ(body, "abcde");
  EXPECT_EQ(request.headers.size(), 2u) << "trailer fields are dropped";
}

TEST_F(request_parser_test, GivesTheSameAnswerInWhateverPiecesTheBytesArrive) {
  for (const auto& bad : test::malformed_requests()) {
    if (bad.bytes.size() > 3000) continue;
    for (std::size_t piece : {1, 2, 7}) {
      parse(bad.bytes, piece);
      EXPECT_EQ(parser->failure().status, bad.status) << bad.name << " in pieces of " << piece;
    }
  }
}

TEST_F(request_parser_test, StopsAtTheEndOfTheRequest) {
  ASSERT_TRUE(accepts("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET / HT"));
  EXPECT_EQ(body, "abc");
  EXPECT_EQ(request.content_length, 3u);
  EXPECT_EQ(rest, "GET / HT");
}

TEST_F(request_parser_test, ReducesAnAbsoluteTargetAndTrustsItsAuthority) {
  ASSERT_TRUE(accepts("GET HTTP://b:81/x?y HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(request.target, "/x?y");
  EXPECT_EQ(request.headers.get("host"), "b:81");
  ASSERT_TRUE(accepts("GET http://b HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(request.target, "/");
  ASSERT_TRUE(accepts("GET https://b?q HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(request.target, "/?q");
  ASSERT_TRUE(accepts("OPTIONS http://b HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(request.target, "*");
}

TEST_F(request_parser_test, KnowsWhetherTheConnectionStaysOpen) {
  auto keeps = [&](std::string_view version, std::string_view connection) {
    std::string text = "GET / HTTP/1." + std::string{version} + "\r\nHost: a\r\n";
    if (!connection.empty()) text += "Connection: " + std::string{connection} + "\r\n";
    EXPECT_TRUE(accepts(text + "\r\n"));
    return parser->keep_alive();
  };
  EXPECT_TRUE(keeps("1", ""));
  EXPECT_TRUE(keeps("1", "keep-alive"));
  EXPECT_FALSE(keeps("1", "Close"));
  EXPECT_FALSE(keeps("1", "x, close"));
  EXPECT_FALSE(keeps("0", ""));
  EXPECT_TRUE(keeps("0", "Keep-Alive"));
  EXPECT_FALSE(keeps("0", "keep-alive, close"));
}

TEST_F(request_parser_test, AcceptsWhatIsUnusualButRight) {
  for (auto text : {"M-SEARCH /x HTTP/1.1\r\nHost: a\r\n\r\n",
                    "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.0\r\n\r\n",
                    "GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
                    "GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\nX: \xe9\t\x80\r\n\r\n",
                    "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
                    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n00\r\n\r\n",
                    "GET //x//y HTTP/1.1\r\nHost: a.b-c_d:8080\r\n\r\n"})
    EXPECT_TRUE(accepts(text)) << text << parser->failure().reason;
}

TEST_F(request_parser_test, SaysThatAClientWaitsForContinue) {
  parse("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n");
  EXPECT_TRUE(parser->expects_continue());
  EXPECT_FALSE(parser->done());
  EXPECT_FALSE(parser->body_started());
  parse("PUT / HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
  EXPECT_FALSE(parser->expects_continue()) << "HTTP/1.0 knows no such thing";
}

TEST_F(request_parser_test, HoldsTheLimitsItIsGiven) {
  bounds.max_fields = 2;
  bounds.max_body_bytes = 4;
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\n\r\n"), 431);
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"), 413);
  EXPECT_TRUE(accepts("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd"));
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                      "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
            413);
}

struct malformed_request_test : request_parser_test,
                                testing::WithParamInterface<test::malformed_request> {};

TEST_P(malformed_request_test, IsRefusedWithItsStatusAndAReason) {
  EXPECT_EQ(status_of(GetParam().bytes), GetParam().status) << parser->failure().reason;
  EXPECT_FALSE(parser->failure().reason.empty());
}

INSTANTIATE_TEST_SUITE_P(table, malformed_request_test,
                         testing::ValuesIn(test::malformed_requests()), [](const auto& chosen) {
                           std::string name;
                           for (char c : chosen.param.name)
                             name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
                           return name;
                         });

}  // namespace
}  // namespace puff::http
