#include "services/http/internal/websocket_protocol.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace puff::http::internal {
namespace {

using namespace std::string_literals;
using event = websocket_protocol::event;

constexpr int fin = 0x80, packed = 0x40;

/// A client's frame, masked.
std::string frame(int first, std::string_view payload, std::string_view mask = "\x37\xfa\x21\x3d") {
  std::string out(1, static_cast<char>(first));
  if (payload.size() < 126) {
    out += static_cast<char>(0x80 | payload.size());
  } else if (payload.size() < 65536) {
    out += static_cast<char>(0x80 | 126);
    for (int i = 1; i >= 0; --i) out += static_cast<char>(payload.size() >> (8 * i));
  } else {
    out += static_cast<char>(0x80 | 127);
    for (int i = 7; i >= 0; --i) out += static_cast<char>(payload.size() >> (8 * i));
  }
  out += mask;
  for (std::size_t i = 0; i < payload.size(); ++i)
    out += static_cast<char>(payload[i] ^ mask[i % 4]);
  return out;
}

std::string close_frame(int code, std::string_view reason = {}) {
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  return frame(fin | 8, payload.append(reason));
}

std::string all_of(const output_queue& out) {
  std::array<iovec, 64> pieces;
  std::string text;
  auto used = out.gather(pieces);
  for (std::size_t i = 0; i < used; ++i)
    text.append(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
  return text;
}

struct websocket_protocol_test : testing::Test {
  websocket_limits bounds;
  shared_deflate shared;
  std::optional<deflate_agreement> deflate;

  /// What the bytes are taken for, cut after every `piece` bytes: "text:..", "ping:..", "failed
  /// 1002"
  std::vector<std::string> events(const std::string& bytes, std::size_t piece = 1u << 30) {
    websocket_protocol protocol{bounds, deflate, shared};
    std::vector<std::string> seen;
    std::string_view rest{bytes};
    while (!rest.empty()) {
      auto now = rest.substr(0, piece);
      auto step = protocol.put(now);
      rest.remove_prefix(step.consumed);
      if (step.what == event::none) {
        EXPECT_EQ(step.consumed, now.size());
        continue;
      }
      seen.push_back(told(protocol, step.what));
      if (step.what == event::close || step.what == event::failed) break;
    }
    return seen;
  }
  static std::string told(websocket_protocol& protocol, event what) {
    auto code = std::to_string(protocol.close_code());
    switch (what) {
      case event::message:
        return (protocol.kind() == opcode::text ? "text:" : "binary:") + protocol.take_message();
      case event::ping: return "ping:" + std::string{protocol.control()};
      case event::pong: return "pong:" + std::string{protocol.control()};
      case event::close: return "close " + code + ":" + std::string{protocol.close_reason()};
      default: return "failed " + code;
    }
  }
  /// In one piece, byte by byte, and in odd pieces: always the same.
  void expect(const std::string& bytes, const std::vector<std::string>& wanted) {
    for (std::size_t piece : {std::size_t{1} << 30, std::size_t{1}, std::size_t{3}})
      EXPECT_EQ(events(bytes, piece), wanted) << "in pieces of " << piece;
  }
  void expect_failure(const std::string& bytes, int code) {
    expect(bytes, {"failed " + std::to_string(code)});
  }
};

TEST_F(websocket_protocol_test, MessagesOfEverySizeComeWhole) {
  for (std::size_t size : {0, 1, 125, 126, 127, 128, 65535, 65536, 65537}) {
    std::string payload(size, '*');
    std::iota(payload.begin(), payload.end(), '\0');
    EXPECT_EQ(events(frame(fin | 2, payload)), (std::vector{"binary:" + payload})) << size;
    EXPECT_EQ(events(frame(fin | 2, payload), 997), (std::vector{"binary:" + payload})) << size;
  }
  expect(frame(fin | 1, "grüße"), {"text:grüße"});
}

TEST_F(websocket_protocol_test, SeveralFramesInOneInputComeOneByOne) {
  expect(frame(fin | 1, "a") + frame(fin | 9, "p") + frame(fin | 2, "b"),
         {"text:a", "ping:p", "binary:b"});
}

TEST_F(websocket_protocol_test, FragmentsAreJoinedAndControlFramesMayComeBetween) {
  expect(frame(1, "gr\xc3") + frame(fin | 9, "") + frame(0, "\xbc\xc3") + frame(0, "") +
             frame(fin | 10, "x") +
             frame(fin | 0,
                   "\x9f"
                   "e"),
         {"ping:", "pong:x", "text:grüße"});
}

TEST_F(websocket_protocol_test, WrongFragmentsFail) {
  expect_failure(frame(fin | 0, "x"), 1002);
  expect_failure(frame(0, "x"), 1002);
  expect_failure(frame(1, "x") + frame(fin | 1, "y"), 1002);
  expect_failure(frame(2, "x") + frame(2, "y"), 1002);
}

TEST_F(websocket_protocol_test, ReservedBitsAndOpcodesFail) {
  for (int bit : {0x40, 0x20, 0x10}) {
    expect_failure(frame(fin | bit | 1, "x"), 1002);
    expect_failure(frame(fin | bit | 9, "x"), 1002);
    expect_failure(frame(fin | bit | 8, ""), 1002);
  }
  for (int code : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) expect_failure(frame(fin | code, ""), 1002);
}

TEST_F(websocket_protocol_test, UnmaskedFramesFail) {
  expect_failure("\x81\x01x"s, 1002);
  expect_failure("\x89\x00"s, 1002);
}

TEST_F(websocket_protocol_test, LengthsMustBeShortest) {
  expect_failure("\x82\xfe\x00\x7d"s + "mask" + std::string(125, 'x'), 1002);
  expect_failure("\x82\xff\x00\x00\x00\x00\x00\x00\xff\xff"s + "mask", 1002);
  expect_failure("\x82\xff\x80\x00\x00\x00\x00\x01\x00\x00"s + "mask", 1002);
}

TEST_F(websocket_protocol_test, ControlFramesAreShortAndWhole) {
  expect(frame(fin | 9, std::string(125, 'p')), {"ping:" + std::string(125, 'p')});
  for (int kind : {8, 9, 10}) {
    expect_failure(frame(fin | kind, std::string(126, 'p')), 1002);
    expect_failure(frame(kind, "x"), 1002);
  }
}

TEST_F(websocket_protocol_test, TextsMustBeUtf8) {
  const std::vector<std::string> wrong{"\x80",
                                       "\xbf",
                                       "\xc0\x80",
                                       "\xc1\xbf",
                                       "\xe0\x80\x80",
                                       "\xe0\x9f\xbf",
                                       "\xed\xa0\x80",
                                       "\xed\xbf\xbf",
                                       "\xf0\x80\x80\x80",
                                       "\xf0\x8f\xbf\xbf",
                                       "\xf4\x90\x80\x80",
                                       "\xf5\x80\x80\x80",
                                       "\xfe",
                                       "\xff",
                                       "\xc3",
                                       "\xe2\x82",
                                       "\xf0\x9f\x98",
                                       "\xc3\x28",
                                       "\xe2\x28\xa1",
                                       "\xf0\x28\x8c\xbc"};
  for (const auto& text : wrong) {
    expect_failure(frame(fin | 1, text), 1007);
    expect_failure(frame(fin | 1, "aaaaaaaaaaaaaaaa" + text), 1007);
    expect_failure(frame(1, text) + frame(fin | 0, ""), 1007);
  }
  for (const auto& text : {"\xc2\x80"s, "\xdf\xbf"s, "\xe0\xa0\x80"s, "\xed\x9f\xbf"s,
                           "\xee\x80\x80"s, "\xf0\x90\x80\x80"s, "\xf4\x8f\xbf\xbf"s, "\0"s})
    expect(frame(fin | 1, text), {"text:" + text});
}

TEST_F(websocket_protocol_test, AWrongTextFailsBeforeItEnds) {
  expect_failure(frame(1, "ok \xff"), 1007);
  EXPECT_EQ(events(frame(fin | 1, "\xff" + std::string(60'000, 'x')).substr(0, 20)),
            (std::vector<std::string>{"failed 1007"}));
}

TEST_F(websocket_protocol_test, CloseCodesAreThoseThatMayBeSent) {
  for (int code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000,
                   3999, 4000, 4999})
    expect(close_frame(code, "why"), {"close " + std::to_string(code) + ":why"});
  for (int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535})
    expect_failure(close_frame(code), 1002);
  expect(frame(fin | 8, ""), {"close 1005:"});
  expect_failure(frame(fin | 8, "x"), 1002);
  expect_failure(close_frame(1000, "\xff"), 1007);
  expect_failure(close_frame(1000, "\xc3"), 1007);
}

TEST_F(websocket_protocol_test, NothingIsReadAfterAClose) {
  expect(close_frame(1000) + frame(fin | 1, "x"), {"close 1000:"});
}

TEST_F(websocket_protocol_test, MessagesThatAreTooLargeFailByTheirHeader) {
  bounds.max_message_bytes = 100;
  expect(frame(fin | 2, std::string(100, 'x')), {"binary:" + std::string(100, 'x')});
  expect_failure(frame(fin | 2, std::string(101, 'x')).substr(0, 8), 1009);
  expect_failure(frame(2, std::string(60, 'x')) + frame(fin | 0, std::string(41, 'x')), 1009);
  expect_failure("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff"s + "mask", 1009);
}

TEST_F(websocket_protocol_test, ServersFramesAreNotMasked) {
  websocket_protocol protocol{bounds, deflate, shared};
  output_queue out;
  protocol.send(opcode::text, "hi", out);
  EXPECT_EQ(all_of(out), "\x81\x02hi");
  out.clear();
  protocol.send(opcode::binary, std::string(200, 'x'), out);
  EXPECT_EQ(all_of(out).substr(0, 4), "\x82\x7e\x00\xc8"s);
  out.clear();
  protocol.send(opcode::binary, std::string(70'000, 'x'), out);
  EXPECT_EQ(all_of(out).substr(0, 10), "\x82\x7f\x00\x00\x00\x00\x00\x01\x11\x70"s);
  EXPECT_EQ(all_of(out).size(), 70'010u);
}

TEST_F(websocket_protocol_test, AMessageWhoseEndIsSharedIsOneFrame) {
  websocket_protocol protocol{bounds, deflate, shared};
  output_queue out;
  protocol.send(opcode::text, "a", {std::make_shared<const std::string>("bc"), "d"}, out);
  EXPECT_EQ(all_of(out),
            "\x81\x04"
            "abcd");
  out.clear();
  protocol.send(opcode::text, "a", {std::make_shared<const std::string>(70'000, 'x'), "d"}, out);
  EXPECT_EQ(all_of(out).substr(0, 11),
            "\x81\x7f\x00\x00\x00\x00\x00\x01\x11\x72"
            "a"s);
  EXPECT_EQ(all_of(out).size(), 70'012u);
}

TEST_F(websocket_protocol_test, AReasonIsCutAtACharacter) {
  std::string reason;
  for (int i = 0; i < 100; ++i) reason += "ü";
  EXPECT_EQ(websocket_protocol::fitting(reason).size(), 122u);
  EXPECT_EQ(websocket_protocol::fitting("short"), "short");
}

struct websocket_compression : websocket_protocol_test {
  websocket_compression() { deflate.emplace(); }

  static std::string compressed(std::string_view text,
                                deflate_context context = deflate_context::forget) {
    std::string out;
    message_deflater{15, context}.compress(text, out);
    return out;
  }
};

TEST_F(websocket_compression, MessagesAreUnpacked) {
  const std::string text(5'000, 'y');
  expect(frame(fin | packed | 1, compressed(text)) + frame(fin | 1, "plain"),
         {"text:" + text, "text:plain"});
  auto whole = compressed("grüße");
  expect(
      frame(packed | 1, whole.substr(0, 3)) + frame(fin | 9, "") + frame(fin | 0, whole.substr(3)),
      {"ping:", "text:grüße"});
  expect(frame(fin | packed | 2, compressed("")), {"binary:"});
}

TEST_F(websocket_compression, OnlyTheFirstFrameSaysSo) {
  expect_failure(frame(packed | 1, "x") + frame(fin | packed | 0, "y"), 1002);
  expect_failure(frame(fin | packed | 9, "x"), 1002);
}

TEST_F(websocket_compression, ASmallMessageCannotFillTheMemory) {
  bounds.max_message_bytes = 1u << 20;
  auto bomb = compressed(std::string(64u << 20, '\0'));
  ASSERT_LT(bomb.size(), 100'000u);
  expect_failure(frame(fin | packed | 2, bomb), 1009);
  EXPECT_LT(shared.scratch.capacity(), 3u << 20);
}

TEST_F(websocket_compression, GarbageAndWrongTextsFail) {
  expect_failure(frame(fin | packed | 1, "\x07\xff\xff garbage"), 1007);
  expect_failure(frame(fin | packed | 1, compressed("\xff")), 1007);
  expect(frame(fin | packed | 1, compressed("still works")), {"text:still works"});
}

TEST_F(websocket_compression, WhatIsSharedIsPackedWithTheRest) {
  websocket_protocol sender{bounds, deflate, shared};
  message_inflater inflater{deflate->server};
  output_queue out;
  sender.send(opcode::text, "head", {std::make_shared<const std::string>(2'000, 'z'), "}"}, out);
  std::string back;
  EXPECT_EQ(inflater.expand(std::string_view{all_of(out)}.substr(2), 1u << 20, back),
            message_inflater::outcome::done);
  EXPECT_EQ(back, "head" + std::string(2'000, 'z') + "}");
}

TEST_F(websocket_compression, WhatIsSentCanBeUnpacked) {
  websocket_protocol protocol{bounds, deflate, shared};
  for (auto context : {deflate_context::forget, deflate_context::keep}) {
    deflate->server = context;
    websocket_protocol sender{bounds, deflate, shared};
    message_inflater inflater{context};
    for (int i = 0; i < 3; ++i) {
      const std::string text = "message " + std::to_string(i) + std::string(2'000, 'z');
      output_queue out;
      sender.send(opcode::text, text, out);
      auto sent = all_of(out);
      EXPECT_EQ(sent[0], static_cast<char>(0xc1));
      std::string back;
      EXPECT_EQ(inflater.expand(std::string_view{sent}.substr(2), 1u << 20, back),
                message_inflater::outcome::done);
      EXPECT_EQ(back, text);
    }
  }
}

TEST_F(websocket_compression, SmallAndStubbornMessagesGoAsTheyAre) {
  websocket_protocol protocol{bounds, deflate, shared};
  output_queue out;
  protocol.send(opcode::text, std::string(bounds.compression_min_bytes - 1, 'z'), out);
  EXPECT_EQ(all_of(out)[0], static_cast<char>(0x81));
  std::string noise;
  std::uint32_t x = 1;
  for (int i = 0; i < 2'000; ++i) noise += static_cast<char>((x = x * 1664525 + 1013904223) >> 24);
  out.clear();
  protocol.send(opcode::binary, noise, out);
  EXPECT_EQ(all_of(out)[0], static_cast<char>(0x82));
}

}  // namespace
}  // namespace puff::http::internal
