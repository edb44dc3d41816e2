#include "services/pubsub/envelope.hpp"

#include <gtest/gtest.h>

namespace puff::pubsub {
namespace {

using namespace std::string_literals;

void comes_back(const std::string& from, const std::string& body) {
  const auto payload = sealed(from, body);
  const auto got = opened(payload);
  EXPECT_EQ(got.from, from);
  EXPECT_EQ(got.body, body);
}

TEST(pubsub_envelope, WhatNobodySentIsTheBodyAlone) {
  EXPECT_EQ(sealed("", "hello"), "hello");
  EXPECT_EQ(opened("hello").body, "hello");
  EXPECT_EQ(opened("").body, "");
}

TEST(pubsub_envelope, ASenderStandsBeforeTheBody) {
  EXPECT_EQ(sealed("me", "hello"), "\0puff1:me\0hello"s);
}

TEST(pubsub_envelope, EverythingComesBack) {
  comes_back("", "");
  comes_back("me", "");
  comes_back("me", "\0\xff\r\n"s);
  comes_back(std::string(max_sender_bytes, 'x'), std::string(100'000, '\0'));
}

TEST(pubsub_envelope, ABodyThatLooksLikeOneOfOursComesBackAsItIs) {
  comes_back("", sealed("you", "hello"));
  comes_back("me", sealed("you", "hello"));
}

TEST(pubsub_envelope, AHeadThatDoesNotEndIsABody) {
  const auto payload = "\0puff1:"s + std::string(max_sender_bytes + 1, 'x') + "\0y"s;
  EXPECT_EQ(opened(payload).body, payload);
  EXPECT_EQ(opened("\0puff1:me"s).from, "");
}

TEST(pubsub_envelope, AKeptMessageHasItsPosition) {
  const auto payload = "\0puff2:me\0k3-17\0hello\0you"s;
  EXPECT_EQ(opened(payload).from, "me");
  EXPECT_EQ(opened(payload).position, "k3-17");
  EXPECT_EQ(opened(payload).body, "hello\0you"s);
  EXPECT_EQ(opened("\0puff1:me\0hello"s).position, "");
  comes_back("", payload);
}

TEST(pubsub_envelope, APositionThatDoesNotEndIsABody) {
  const auto payload = "\0puff2:me\0"s + std::string(max_position_bytes + 1, 'x') + "\0y"s;
  EXPECT_EQ(opened(payload).body, payload);
  EXPECT_EQ(opened("\0puff2:me\0k3-17"s).position, "");
}

TEST(pubsub_envelope, ASenderThatCannotBeToldIsNone) {
  EXPECT_TRUE(is_sender("8c1f"));
  EXPECT_FALSE(is_sender("a\0b"s));
  EXPECT_FALSE(is_sender(std::string(max_sender_bytes + 1, 'x')));
}

}  // namespace
}  // namespace puff::pubsub
