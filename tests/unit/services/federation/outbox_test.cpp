#include "services/federation/outbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

namespace puff::federation {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using clock = outbox::clock;

/// A Redis that answers a post when the test says so.
class held_port final : public redis::command_port {
 public:
  void send(redis_commands commands, clock::time_point, reply_callback done) override {
    sent.push_back(std::move(commands.wire));
    waiting.push_back(std::move(done));
  }
  void answer(std::int64_t code) {
    auto done = std::move(waiting.front());
    waiting.pop_front();
    std::vector<redis_value> values;
    values.push_back({code});
    done(std::move(values));
  }
  void lose() {
    auto done = std::move(waiting.front());
    waiting.pop_front();
    done(make_error(ec::connection_lost));
  }
  std::vector<std::string> sent;
  std::deque<reply_callback> waiting;
};

class bundles : public testing::Test {
 protected:
  bundles() { out.begin({"here", 1}); }

  bool put(std::string actor, outbox::lane lane = outbox::lane::user) {
    frame f;
    f.kind = lane == outbox::lane::user ? frame_kind::tell : frame_kind::reply;
    f.actor = std::move(actor);
    return out.put(there, std::move(f), lane);
  }
  /// Number and actors of what was sent last: the bundle is the word before the last.
  std::pair<std::uint64_t, std::vector<std::string>> last() const {
    const auto& wire = port.sent.back();
    std::vector<std::string> words;
    for (auto at = wire.find("\r\n") + 2; at < wire.size();) {
      const auto end = wire.find("\r\n", at);
      const auto size = std::stoul(wire.substr(at + 1, end - at - 1));
      words.push_back(wire.substr(end + 2, size));
      at = end + 2 + size + 2;
    }
    auto bundle = decode_bundle(words[words.size() - 2]);
    std::vector<std::string> actors;
    if (bundle)
      for (const auto& f : bundle->frames) actors.push_back(f.actor);
    return {bundle ? bundle->sequence : 0, actors};
  }

  held_port port;
  registry names{port, "test"};
  deadline_wheel wheel;
  const node_identity there{"there", 2};
  std::vector<std::string> lost;
  ec why = ec::none;
  std::vector<ec> reasons;
  outbox out{names,
             wheel,
             {.max_frames = 4, .bundle_frames = 3},
             [this](const node_identity&, std::vector<frame> frames, const actor_failure& failure) {
               for (const auto& f : frames) lost.push_back(f.actor);
               why = failure.code;
               reasons.push_back(why);
             }};
};

TEST_F(bundles, WhatComesMeanwhileLeavesWithTheNext) {
  put("a");
  EXPECT_THAT(last().second, ElementsAre("a"));
  put("b");
  put("c");
  EXPECT_EQ(port.sent.size(), 1U);
  port.answer(1);
  EXPECT_THAT(last().second, ElementsAre("b", "c"));
  EXPECT_EQ(last().first, 2U);
}

TEST_F(bundles, AnswersOvertakeOthers) {
  put("a");
  put("b");
  put("answer", outbox::lane::control);
  port.answer(1);
  EXPECT_THAT(last().second, ElementsAre("answer", "b"));
}

TEST_F(bundles, AnUncertainOneIsSentAgainAsItIs) {
  put("a");
  const auto first = port.sent.back();
  port.lose();
  put("b");
  wheel.advance(clock::now() + 1s);
  ASSERT_EQ(port.sent.size(), 2U);
  EXPECT_EQ(port.sent.back(), first);
  EXPECT_THAT(lost, ElementsAre());
}

TEST_F(bundles, TooManyAreRefused) {
  put("sending");
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(put("x"));
  EXPECT_FALSE(put("x"));
  EXPECT_TRUE(put("answer", outbox::lane::control));
}

TEST_F(bundles, AFullInboxRefusesAllButAnswers) {
  put("a");
  put("b");
  put("answer", outbox::lane::control);
  port.answer(0);
  EXPECT_THAT(lost, ElementsAre("a", "b"));
  EXPECT_EQ(why, ec::overloaded);
  wheel.advance(clock::now() + 1s);
  EXPECT_THAT(last().second, ElementsAre("answer"));
  EXPECT_EQ(last().first, 1U);  // the number of what was not taken
}

TEST_F(bundles, ForAnEndedLifeAreKnownNotToHaveArrived) {
  put("a");
  put("b");
  port.answer(-1);
  EXPECT_THAT(lost, ElementsAre("a", "b"));
  EXPECT_EQ(why, ec::shutting_down);
  EXPECT_EQ(out.waiting(), 0U);
}

TEST_F(bundles, ForALifeThatMayHaveGotThemBeforeItEndedAreLost) {
  put("a");
  port.lose();
  wheel.advance(clock::now() + 100ms);  // it is sent again
  port.answer(-1);
  EXPECT_THAT(lost, ElementsAre("a"));
  EXPECT_EQ(why, ec::unavailable);
}

TEST_F(bundles, WhatALeavingNodeDoesNotTakeIsKnownNotToHaveArrived) {
  put("a");
  put("answer", outbox::lane::control);
  port.answer(-2);
  EXPECT_THAT(lost, ElementsAre("a"));
  EXPECT_EQ(why, ec::shutting_down);
}

TEST_F(bundles, WhatMayHaveArrivedBeforeTheNodeBeganToLeaveIsNotSentElsewhere) {
  put("a");
  port.lose();
  put("b");
  wheel.advance(clock::now() + 100ms);  // it is sent again
  port.answer(-2);
  EXPECT_THAT(lost, ElementsAre("a", "b"));
  EXPECT_THAT(reasons, ElementsAre(ec::unavailable, ec::shutting_down));
}

}  // namespace
}  // namespace puff::federation
