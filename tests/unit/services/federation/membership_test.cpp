#include "services/federation/membership.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

namespace puff::federation {
namespace {

using namespace std::chrono_literals;
using clock = membership::clock;
using state = membership::state;
using array = redis_value::array;

redis_value number(std::int64_t n) { return {n}; }
redis_value list(array all) { return {std::move(all)}; }
redis_value words(std::vector<std::string> all) {
  array out;
  for (auto& each : all) out.push_back({std::move(each)});
  return {std::move(out)};
}

/// A Redis whose answers, and their absence, are the test's.
class scripted_redis final : public redis::command_port {
 public:
  void send(redis_commands commands, clock::time_point, reply_callback done) override {
    const auto script = name_of(commands.wire);
    sent.push_back(script);
    wires.push_back(std::move(commands.wire));
    if (cut) return held.push_back({script, std::move(done)});
    reply(script, done);
  }
  /// The network heals: what was held back is answered, late.
  void heal() {
    cut = false;
    for (auto& [script, done] : std::exchange(held, {})) reply(script, done);
  }
  /// As a connection that broke: what was held back has failed.
  void lose() {
    for (auto& [script, done] : std::exchange(held, {})) done(make_error(ec::connection_lost));
  }
  std::size_t beats() const {
    return static_cast<std::size_t>(std::count(sent.begin(), sent.end(), "beat"));
  }

  bool cut = false, alive = true, name_taken = false;
  std::int64_t version = 1;
  std::vector<std::string> singletons, sent, wires;
  std::deque<std::pair<std::string, reply_callback>> held;

 private:
  static std::string name_of(const std::string& wire) {
    for (const auto* each : {"join", "beat", "view", "leave"})
      if (wire.find(redis::find_script(all_scripts(), each)->digest) != std::string::npos)
        return each;
    return "other";
  }
  void reply(const std::string& script, const reply_callback& done) {
    std::vector<redis_value> values;
    values.push_back(value_of(script));
    done(std::move(values));
  }
  redis_value value_of(const std::string& script) {
    if (script == "join" && name_taken)
      return list({number(0), {std::string{"00000000000000ff:here"}}, number(700)});
    if (script == "join") alive = true;
    if (script == "beat" && !alive) return list({number(0)});
    if (script == "beat") return list({number(1), number(version), words(singletons)});
    if (script == "view") return list({number(version)});
    return list({number(1), number(version)});
  }
};

/// A member whose clock stands still until the test moves it.
class heartbeat : public testing::Test, protected membership_listener {
 protected:
  static constexpr auto lease = 8'000ms;

  heartbeat() {
    me.start();
    redis.sent.clear();
  }
  void on_joined(const node_identity&) override { ++joined; }
  void on_view(const cluster_view&) override {}
  void on_fenced(const std::string&) override {
    ++fenced;
    fenced_at = time - start;
  }
  void on_life_over(const node_identity&) override { ++over; }
  void on_singletons(const std::vector<std::string>& mine) override { has = mine; }

  void pass(std::chrono::milliseconds span) {
    for (auto until = time + span; time < until;) {
      time += 10ms;
      wheel.advance(time);
    }
  }
  bool may_act() const { return me.valid_until() > time; }
  membership_options options() {
    membership_options o;
    o.node = "here";
    o.lease = lease;
    o.feels = [this] { return feels; };
    o.now = [this] { return time; };
    return o;
  }

  const clock::time_point start = clock::now();
  clock::time_point time = start;
  condition feels = condition::well;
  int joined = 0, fenced = 0, over = 0;
  std::chrono::nanoseconds fenced_at{};
  std::vector<std::string> has;
  deadline_wheel wheel{start};
  scripted_redis redis;
  registry names{redis, "test"};
  membership me{names, wheel, options(), static_cast<membership_listener&>(*this)};
};

TEST_F(heartbeat, BeatsFourTimesALease) {
  pass(lease);
  EXPECT_EQ(redis.beats(), 4U);
  EXPECT_EQ(me.where(), state::member);
  EXPECT_EQ(fenced, 0);
}

TEST_F(heartbeat, IsFencedThreeQuartersOfALeaseAfterTheLastBeatThatWasAnswered) {
  pass(100ms);
  redis.cut = true;
  pass(lease);
  EXPECT_EQ(me.where(), state::fenced);
  EXPECT_EQ(fenced, 1);
  EXPECT_FALSE(may_act());
  EXPECT_GE(fenced_at, lease * 3 / 4);
  EXPECT_LE(fenced_at, lease * 3 / 4 + 20ms);
}

TEST_F(heartbeat, GoesOnBeatingWhenACutHealsBeforeTheFence) {
  redis.cut = true;
  pass(lease / 2);
  redis.lose();
  redis.heal();
  const auto before = redis.beats();
  pass(lease);
  EXPECT_GE(redis.beats(), before + 3);
  EXPECT_EQ(fenced, 0);
  EXPECT_TRUE(may_act());
}

TEST_F(heartbeat, BeatsAgainAfterABeatWhoseAnswerNeverComesHasFailed) {
  redis.cut = true;
  pass(lease);  // fenced; one beat is under way
  EXPECT_EQ(me.where(), state::fenced);
  redis.cut = false;
  redis.lose();
  pass(lease / 2);
  EXPECT_EQ(me.where(), state::member);
  EXPECT_TRUE(may_act());
}

TEST_F(heartbeat, AnAnswerThatComesAfterTheLeaseCountsForNothing) {
  redis.cut = true;
  pass(lease * 2);
  redis.heal();  // the beat of then is answered now
  EXPECT_FALSE(may_act());
  pass(lease / 2);  // and the next one at once
  EXPECT_TRUE(may_act());
}

TEST_F(heartbeat, ALateAnswerExtendsTheLeaseFromWhenItWasAskedOnly) {
  redis.cut = true;
  pass(lease / 4 + 10ms);  // a beat is sent
  const auto sent = time;
  pass(lease / 4 - 50ms);
  redis.heal();
  EXPECT_LE(me.valid_until(), sent + lease * 3 / 4);
}

TEST_F(heartbeat, ALifeThatIsOverBeginsAnother) {
  const auto before = me.life();
  redis.alive = false;
  pass(lease / 4 + 10ms);
  EXPECT_EQ(over, 1);
  EXPECT_EQ(fenced, 1);
  EXPECT_EQ(joined, 2);
  EXPECT_NE(me.life(), before);
  EXPECT_EQ(me.where(), state::member);
}

TEST_F(heartbeat, WhoIsSilentIsFencedByItsOwnClock) {
  feels = condition::silent;
  pass(lease);
  EXPECT_EQ(redis.beats(), 0U);
  EXPECT_EQ(me.where(), state::fenced);
  feels = condition::well;
  pass(lease / 2);
  EXPECT_EQ(me.where(), state::member);
}

TEST_F(heartbeat, WhoIsUnwellSaysSoAndKeepsItsLease) {
  feels = condition::unwell;
  pass(lease * 2);
  EXPECT_EQ(me.where(), state::member);
  EXPECT_THAT(redis.wires.back(), testing::HasSubstr("$1\r\n0\r\n$1\r\n1\r\n"));
  feels = condition::well;
  pass(lease / 2);
  EXPECT_THAT(redis.wires.back(), testing::HasSubstr("$1\r\n0\r\n$1\r\n0\r\n"));
}

TEST_F(heartbeat, TellsWhichSingletonsItHas) {
  redis.singletons = {"mailer"};
  pass(lease / 4 + 10ms);
  EXPECT_THAT(has, testing::ElementsAre("mailer"));
}

TEST_F(heartbeat, ANameInUseIsTriedAgain) {
  redis.alive = false;
  redis.name_taken = true;
  pass(lease / 4 + 10ms);
  EXPECT_EQ(me.where(), state::joining);
  EXPECT_THAT(describe(me.trouble()), testing::HasSubstr("already"));
  redis.name_taken = false;
  redis.alive = true;
  pass(1s);
  EXPECT_EQ(me.where(), state::member);
}

TEST_F(heartbeat, LeavesAlsoWhenRedisSaysNothing) {
  redis.cut = true;
  bool left = false;
  me.leave([&] { left = true; });
  EXPECT_FALSE(may_act());
  redis.lose();
  EXPECT_TRUE(left);
}

}  // namespace
}  // namespace puff::federation
