#include "schemas/frame.hpp"

#include <gtest/gtest.h>

namespace puff {
namespace {

frame_bundle bundle_of(frame f) {
  frame_bundle b;
  b.source = {"web-1", 0xFFFFFFFFFFFFFFFFU};
  b.target = {"worker-1", 7};
  b.sequence = 42;
  b.frames.push_back(std::move(f));
  return b;
}

TEST(frame, KeepsAllOfAnAsk) {
  frame ask;
  ask.kind = frame_kind::ask;
  ask.correlation = 9;
  ask.budget_ms = 1'500;
  ask.actor = "Counter/user-42";
  ask.what = {"add", content_type::json, std::string{"[\0]", 3}};
  auto back = decode_bundle(encode(bundle_of(ask)));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->source, (node_identity{"web-1", 0xFFFFFFFFFFFFFFFFU}));
  EXPECT_EQ(back->target, (node_identity{"worker-1", 7}));
  EXPECT_EQ(back->sequence, 42U);
  ASSERT_EQ(back->frames.size(), 1U);
  const auto& f = back->frames.front();
  EXPECT_EQ(f.kind, frame_kind::ask);
  EXPECT_EQ(f.correlation, 9U);
  EXPECT_EQ(f.budget_ms, 1'500U);
  EXPECT_EQ(f.actor, "Counter/user-42");
  EXPECT_EQ(f.what.verb, "add");
  EXPECT_EQ(f.what.body, (std::string{"[\0]", 3}));
}

TEST(frame, KeepsTypeTextAndTracebackOfAFailure) {
  frame failed;
  failed.kind = frame_kind::failure;
  failed.failure = {ec::python_failed, "ZeroDivisionError", "division by zero", "Traceback .."};
  auto back = decode_bundle(encode(bundle_of(failed)));
  ASSERT_TRUE(back);
  const auto& f = back->frames.front().failure;
  EXPECT_EQ(f.code, ec::python_failed);
  EXPECT_EQ(f.type, "ZeroDivisionError");
  EXPECT_EQ(f.text, "division by zero");
  EXPECT_EQ(f.traceback, "Traceback ..");
}

TEST(frame, AKindOfALaterReleaseIsUnspecified) {
  frame later;
  later.kind = static_cast<frame_kind>(99);
  auto back = decode_bundle(encode(bundle_of(later)));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->frames.front().kind, frame_kind::unspecified);
}

TEST(frame, AnErrorOfALaterReleaseIsInternal) {
  frame failed;
  failed.kind = frame_kind::failure;
  failed.failure.code = static_cast<ec>(200);
  auto back = decode_bundle(encode(bundle_of(failed)));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->frames.front().failure.code, ec::internal);
}

TEST(frame, FieldsOfALaterReleaseAreSkipped) {
  auto bytes = encode(bundle_of({})) + std::string{"\xA2\x06\x03new", 6};  // field 100, a string
  auto back = decode_bundle(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->sequence, 42U);
}

TEST(frame, OtherBytesAreRefused) {
  auto back = decode_bundle("\xFF\xFF\xFF");
  ASSERT_FALSE(back);
  EXPECT_EQ(code_of(back.error()), ec::bad_argument);
}

TEST(frame, KeepsAllOfAMember) {
  member_record m;
  m.identity = {"web-1", 3};
  m.release = "0.2.0";
  m.host = "shop";
  m.pid = 77;
  m.joined_ms = 1'700'000'000'000;
  auto back = decode_member(encode(m));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->identity, m.identity);
  EXPECT_EQ(back->release, "0.2.0");
  EXPECT_EQ(back->host, "shop");
  EXPECT_EQ(back->pid, 77U);
  EXPECT_EQ(back->joined_ms, m.joined_ms);
}

}  // namespace
}  // namespace puff
