#include "services/http/internal/websocket_handshake.hpp"

#include <gtest/gtest.h>

namespace puff::http::internal {
namespace {

struct websocket_handshake : testing::Test {
  request head;
  websocket_limits bounds;
  websocket_wish wish;

  websocket_handshake() {
    head.method = "GET";
    head.headers.add("Upgrade", "websocket");
    head.headers.add("Connection", "keep-alive, Upgrade");
    head.headers.add("Sec-WebSocket-Version", "13");
  }
  std::uint16_t refusal(const char* key = "dGhlIHNhbXBsZSBub25jZQ==") {
    head.headers.add("Sec-WebSocket-Key", key);
    return read_websocket_wish(head, bounds, wish).status;
  }
  std::string agreed(const char* offer) {
    head.headers.add("Sec-WebSocket-Extensions", offer);
    EXPECT_EQ(refusal(), 0);
    return wish.deflate ? wish.deflate->answer : "nothing";
  }
};

TEST_F(websocket_handshake, AnswersTheSpecificationsExample) {
  EXPECT_EQ(refusal(), 0);
  EXPECT_EQ(wish.accept_key, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_FALSE(wish.deflate);
}

TEST_F(websocket_handshake, IsAskedForByBothFields) {
  EXPECT_TRUE(asks_for_websocket(head));
  head.method = "POST";
  EXPECT_FALSE(asks_for_websocket(head));
  request other;
  other.method = "GET";
  other.headers.add("Upgrade", "h2c, WebSocket");
  EXPECT_FALSE(asks_for_websocket(other));
  other.headers.add("Connection", "upgrade");
  EXPECT_TRUE(asks_for_websocket(other));
  other.minor_version = 0;
  EXPECT_FALSE(asks_for_websocket(other));
}

TEST_F(websocket_handshake, RefusesOtherVersions) {
  request old;
  old.headers.add("Sec-WebSocket-Version", "8");
  EXPECT_EQ(read_websocket_wish(old, bounds, wish).status, 426);
}

TEST_F(websocket_handshake, RefusesKeysThatAreNone) { EXPECT_EQ(refusal("short"), 400); }
TEST_F(websocket_handshake, RefusesAKeyOfAnotherLength) {
  EXPECT_EQ(refusal("dGhlIHNhbXBsZSBub25jZTE="), 400);
}
TEST_F(websocket_handshake, RefusesAKeyThatIsNotBase64) {
  EXPECT_EQ(refusal("dGhlIHNhbXBsZSBub25j!Q=="), 400);
}

TEST_F(websocket_handshake, SharesCompressorsUnlessToldOtherwise) {
  EXPECT_EQ(agreed("permessage-deflate; client_max_window_bits"),
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
}
TEST_F(websocket_handshake, KeepsContextsIfToldTo) {
  bounds.compression_context = true;
  EXPECT_EQ(agreed("permessage-deflate"), "permessage-deflate");
}
TEST_F(websocket_handshake, ForgetsWhatTheClientWantsForgotten) {
  bounds.compression_context = true;
  EXPECT_EQ(agreed("permessage-deflate; server_no_context_takeover"),
            "permessage-deflate; server_no_context_takeover");
}
TEST_F(websocket_handshake, TakesASmallerWindow) {
  bounds.compression_context = true;
  EXPECT_EQ(agreed("permessage-deflate; server_max_window_bits=\"10\""),
            "permessage-deflate; server_max_window_bits=10");
}
TEST_F(websocket_handshake, TakesTheFirstOfferThatItCanMeet) {
  EXPECT_EQ(agreed("x-other, permessage-deflate; server_max_window_bits=8, permessage-deflate"),
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
}
TEST_F(websocket_handshake, PassesOverMalformedOffers) {
  EXPECT_EQ(agreed("permessage-deflate; unknown=1, permessage-deflate; server_max_window_bits=16, "
                   "permessage-deflate; client_max_window_bits=07, permessage-deflate; "
                   "client_no_context_takeover; client_no_context_takeover"),
            "nothing");
}
TEST_F(websocket_handshake, CompressionCanBeOff) {
  bounds.compression = false;
  EXPECT_EQ(agreed("permessage-deflate"), "nothing");
}

}  // namespace
}  // namespace puff::http::internal
