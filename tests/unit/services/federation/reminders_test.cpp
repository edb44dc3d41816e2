#include "services/federation/reminders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/redis/client.hpp"
#include "services/redis/command.hpp"
#include "tests/support/engine_loop.hpp"
#include "tests/support/redis_server.hpp"

namespace puff::federation {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using clock = reminders::clock;

/// One member that has the office; its actors write down what they are reminded of.
class office : public testing::Test, protected redis::command_port {
 protected:
  office() : client_(loop.io(), loop.wheel(), options()) {
    client_.start();
    member_record record;
    record.identity = life;
    names.join(record, 60s, soon(), [](const expected<join_reply>&) {});
    bool begun = false;
    names.beat(life, 60s, {}, {registry::reminders_keeper}, soon(),
               [&](const expected<beat_reply>& r) { begun = r && r->singletons.size() == 1; });
    EXPECT_TRUE(loop.run_until([&] { return begun; }));
  }
  ~office() override { client_.close(); }

  void send(redis_commands commands, clock::time_point deadline, reply_callback done) override {
    client_.send(std::move(commands), deadline, std::move(done));
  }
  static clock::time_point soon() { return clock::now() + 10s; }
  void remind(std::string name, std::chrono::milliseconds delay,
              std::chrono::milliseconds period = 0ms) {
    bool kept = false;
    names.remind({"Cart/ada", std::move(name), delay, period, {"remember", "", "tea"}}, soon(),
                 [&](const expected<bool>& r) { kept = r && *r; });
    EXPECT_TRUE(loop.run_until([&] { return kept; }));
  }
  bool forget(std::string name) {
    std::optional<bool> known;
    names.forget("Cart/ada", name, soon(), [&](const expected<bool>& r) { known = r && *r; });
    EXPECT_TRUE(loop.run_until([&] { return known.has_value(); }));
    return *known;
  }
  /// What is due now for whoever has the office.
  std::vector<std::string> due(std::chrono::milliseconds patience) {
    std::optional<std::vector<std::string>> got;
    names.due(life, patience, 64, soon(), [&](const expected<due_reply>& r) {
      got.emplace();
      if (r)
        for (const auto& each : r->due) got->push_back(each.reminder);
    });
    EXPECT_TRUE(loop.run_until([&] { return got.has_value(); }));
    return *got;
  }
  /// Asks the server over and over.
  static bool asked_again(const std::function<bool()>& is_so) {
    const auto end = soon();
    while (!is_so())
      if (clock::now() > end) return false;
    return true;
  }
  redis::client_options options() const {
    redis::client_options o;
    o.connection.url = *redis::parse_url(server.unix_url());
    return o;
  }
  void answer(actor_letter letter, const asks::callback& done) {
    called.push_back(letter.to.name + ":" + letter.what.verb + ":" + letter.what.body);
    if (fails > 0) {
      --fails;
      return done(actor_failure{ec::unavailable, {}, "its node is gone", {}});
    }
    if (raises) return done(actor_failure{ec::python_failed, "ValueError", "no", {}});
    done(actor_reply{});
  }

  test::redis_server server;
  test::engine_loop loop;
  const node_identity life{"here", 7};
  std::vector<std::string> called;
  int fails = 0;
  bool raises = false;

 private:
  redis::client client_;

 protected:
  registry names{static_cast<redis::command_port&>(*this), "test"};
  reminders calls{names, loop.wheel(), [this](actor_letter letter, const asks::callback& done) {
                    answer(std::move(letter), done);
                  }};
};

TEST_F(office, AReminderArrivesOnce) {
  remind("tea", 1ms);
  calls.call_for(life);
  ASSERT_TRUE(loop.run_until([&] { return !called.empty(); }));
  EXPECT_THAT(called, ElementsAre("Cart/ada:remember:tea"));
  EXPECT_TRUE(asked_again([&] { return !forget("tea"); }));
}

TEST_F(office, WhatDoesNotArriveComesAgain) {
  fails = 1;
  remind("tea", 1ms);
  calls.call_for(life);
  ASSERT_TRUE(loop.run_until([&] { return called.size() == 2; }));
}

TEST_F(office, AnActorThatRaisesHasBeenReminded) {
  raises = true;
  remind("tea", 1ms);
  calls.call_for(life);
  ASSERT_TRUE(loop.run_until([&] { return !called.empty(); }));
  EXPECT_TRUE(asked_again([&] { return !forget("tea"); }));
}

TEST_F(office, OneWithAPeriodComesAgainAndAgain) {
  remind("tea", 1ms, 5ms);
  calls.call_for(life);
  ASSERT_TRUE(loop.run_until([&] { return called.size() >= 3; }));
  EXPECT_TRUE(forget("tea"));
}

TEST_F(office, OneThatWasTakenByACallerThatDiedIsDueAgainAfterItsPatience) {
  remind("tea", 1ms);
  ASSERT_TRUE(asked_again([&] { return due(50ms).size() == 1; }));
  EXPECT_TRUE(due(50ms).empty());
  EXPECT_TRUE(asked_again([&] { return due(1h).size() == 1; }));
  EXPECT_TRUE(due(1h).empty());
}

TEST_F(office, OneThatWasSetAnewIsNotEndedByTheCallBefore) {
  remind("tea", 1ms);
  due_reminder first;
  ASSERT_TRUE(asked_again([&] {
    bool told = false;
    names.due(life, 1h, 64, soon(), [&](const expected<due_reply>& r) {
      told = true;
      if (r && !r->due.empty()) first = r->due.front();
    });
    return loop.run_until([&] { return told; }) && !first.stamp.empty();
  }));
  remind("tea", 1h);
  bool told = false;
  names.fired(first, std::nullopt, soon(), [&](const expected<bool>&) { told = true; });
  ASSERT_TRUE(loop.run_until([&] { return told; }));
  EXPECT_TRUE(forget("tea"));
}

TEST_F(office, WhoHasNotTheOfficeGetsNothing) {
  remind("tea", 1ms);
  std::optional<bool> mine;
  names.due({"other", 9}, 1h, 64, soon(), [&](const expected<due_reply>& r) { mine = r->mine; });
  ASSERT_TRUE(loop.run_until([&] { return mine.has_value(); }));
  EXPECT_FALSE(*mine);
}

}  // namespace
}  // namespace puff::federation
