#include "actors/core/supervisor.hpp"

#include "tests/support/actor_test.hpp"

namespace puff {
namespace {

using namespace std::chrono_literals;
using worker_actor = caf::typed_actor<caf::reacts_to<serve_atom, int>>;

/// Throws on 13, ends by itself on 0, does not start while `obstacle` is set.
struct worker {
  using interface = worker_actor;
  static constexpr const char* name = "worker";

  worker(self_pointer<interface> self, std::shared_ptr<std::string> obstacle)
      : self_(self), obstacle_(std::move(obstacle)) {}
  interface::behavior_type make_behavior() {
    if (!obstacle_->empty()) throw std::runtime_error{*obstacle_};
    self_->counts().level("sessions") = 3;
    return {[this](serve_atom, int what) {
      if (what == 13) throw std::runtime_error{"thirteen"};
      if (what == 0) self_->quit();
    }};
  }

  self_pointer<interface> self_;
  std::shared_ptr<std::string> obstacle_;
};

struct diary {
  std::vector<std::string> lines;
  std::vector<std::chrono::milliseconds> waits;
  std::vector<std::string> reasons;
  int ups = 0;
  std::string gave_up;
  std::optional<actor_status> status;
  std::optional<bool> ended;
  error exit_reason;
};

struct supervisor_stage {
  diary seen;  // outlives the loop of actor_test
};

struct supervisor_test : supervisor_stage, actor_test {
  resource<worker_actor> cell;
  std::shared_ptr<std::string> obstacle = std::make_shared<std::string>();

  supervision terms(std::string name = "node") {
    return {.name = std::move(name),
            .report =
                [&seen = seen](const child_event& e) {
                  seen.lines.push_back(e.name + " " + std::string{name_of(e.state)});
                  if (e.restarts_in > 0ms) seen.waits.push_back(e.restarts_in);
                },
            .on_give_up = [&seen = seen](const error& why) { seen.gave_up = describe(why); },
            .random = [] { return 0.5; }};
  }
  child worker_child(std::string name, child_options options = {}) {
    return child_of(
        std::move(name), cell,
        [this](const gauge_ptr& counts) {
          return spawn<worker>(system, placement{.home = &loop, .counts = counts}, obstacle);
        },
        std::move(options));
  }
  supervisor_actor begin(std::vector<child> children) {
    auto s = supervise(system, here(), terms(), std::move(children));
    settle();
    return s;
  }
  void tell(int what) {
    if (auto living = cell.get()) caf::anon_send(*living, serve_atom::value, what);
    settle();
  }
  bool is_up() const { return cell.get().has_value(); }

  actor_status status_of(const supervisor_actor& whom) {
    auto who = spawn<interlocutor>(system, here(), [this, whom](auto* self) {
      ask(self, whom, 10s, status_atom::value)
          .then([this](actor_status& got) { seen.status = got; }, [](const error&) {});
    });
    caf::anon_send(who, check_atom::value);
    settle();
    return seen.status.value_or(actor_status{});
  }
  void end(const supervisor_actor& whom) {
    auto who = spawn<interlocutor>(system, here(), [this, whom](auto* self) {
      self->monitor(whom);
      self->set_down_handler([this](caf::down_msg& down) { seen.exit_reason = down.reason; });
      ask(self, whom, 60s, end_atom::value)
          .then([this]() { seen.ended = true; }, [this](const error&) { seen.ended = false; });
    });
    caf::anon_send(who, check_atom::value);
    settle();
  }
};

TEST_F(supervisor_test, SetsTheResourceWhenTheChildIsUp) {
  begin({worker_child("redis")});
  EXPECT_TRUE(is_up());
  EXPECT_EQ(seen.lines, std::vector<std::string>{"redis running"});
}

TEST_F(supervisor_test, ThrowingChildLeavesItsNameAtOnceAndIsStartedAgainAfterTheBackOff) {
  begin({worker_child("redis")});
  tell(13);
  EXPECT_FALSE(is_up());
  ASSERT_EQ(seen.waits, std::vector<std::chrono::milliseconds>{75ms});
  advance(74ms);
  EXPECT_FALSE(is_up());
  advance(2ms);
  EXPECT_TRUE(is_up());
}

TEST_F(supervisor_test, RestartsOnlyTheOneThatFell) {
  begin({worker_child("redis"), child_of("other", [this](const gauge_ptr& counts) {
           return spawn<worker>(system, placement{.home = &loop, .counts = counts}, obstacle);
         })});
  tell(13);
  advance(1s);
  EXPECT_EQ(seen.lines, (std::vector<std::string>{"redis running", "other running", "redis down",
                                                  "redis running"}));
}

TEST_F(supervisor_test, TellsTheReasonOnceToTheChildsOwner) {
  begin({worker_child(
      "redis",
      {.on_up = [&seen = seen] { ++seen.ups; },
       .on_down = [&seen = seen](const error& why) { seen.reasons.push_back(describe(why)); }})});
  tell(13);
  advance(1s);
  EXPECT_EQ(seen.ups, 2);
  EXPECT_EQ(seen.reasons, std::vector<std::string>{"internal error: thirteen"});
}

TEST_F(supervisor_test, BackOffDoublesUpToTheLongestAndGivesUpAtTheCeiling) {
  *obstacle = "port 80 is taken";
  begin({worker_child("http", {.back_off = {.longest = 1s, .ceiling = 5, .window = 60s}})});
  advance(30s);
  // With jitter 0.5 each is three quarters of 100, 200, 400, 800 and 1000 ms.
  EXPECT_EQ(seen.waits, (std::vector<std::chrono::milliseconds>{75ms, 150ms, 300ms, 600ms, 750ms}));
  EXPECT_EQ(seen.gave_up,
            "internal error: node gives up: 'http' was started again 5 times within 60 s and is "
            "down once more; last reason: internal error: port 80 is taken");
}

TEST_F(supervisor_test, GivingUpEndsTheOtherChildrenAndTheSupervisor) {
  auto node = begin(
      {worker_child("redis"),
       child_of("http", [](const gauge_ptr&) -> worker_actor { throw std::runtime_error{"no"}; },
                {.back_off = {.ceiling = 1}})});
  auto id = caf::actor_cast<caf::strong_actor_ptr>(node)->id();
  EXPECT_TRUE(is_up());
  advance(10s);
  EXPECT_NE(seen.gave_up, "");
  EXPECT_FALSE(is_up());
  EXPECT_FALSE(loop.hosts(id));
}

TEST_F(supervisor_test, FailuresSpreadOverTimeNeverReachTheCeiling) {
  begin({worker_child("redis", {.back_off = {.quiet = 20s, .ceiling = 2, .window = 60s}})});
  for (int i = 0; i < 10; ++i) {
    advance(31s);
    ASSERT_TRUE(is_up());
    tell(13);
  }
  EXPECT_EQ(seen.gave_up, "");
  EXPECT_EQ(seen.waits, std::vector<std::chrono::milliseconds>(10, 75ms));  // each a first one
}

TEST_F(supervisor_test, OrderlyEndIsARestartOrAStopAsTheTableSays) {
  begin({worker_child("always")});
  tell(0);
  advance(1s);
  EXPECT_TRUE(is_up());
  begin({worker_child("once", {.when = child_options::restart::on_failure})});
  tell(0);
  advance(1s);
  EXPECT_FALSE(is_up());
  EXPECT_EQ(seen.lines.back(), "once stopped");
}

TEST_F(supervisor_test, EndsTheChildrenInReverseAndThenItself) {
  auto node = begin({worker_child("first"), worker_child("second"), worker_child("third")});
  seen.lines.clear();
  end(node);
  EXPECT_EQ(seen.ended, true);
  EXPECT_EQ(seen.lines,
            (std::vector<std::string>{"third stopped", "second stopped", "first stopped"}));
  EXPECT_EQ(code_of(seen.exit_reason), ec::shutting_down);
  EXPECT_EQ(loop.deadlines().size(), 0u);
}

/// Ignores every exit but a kill.
struct mule {
  using interface = worker_actor;
  static constexpr const char* name = "mule";
  explicit mule(self_pointer<interface> self) : self_(self) {}
  interface::behavior_type make_behavior() {
    self_->set_exit_handler([](caf::exit_msg&) {});
    return {[](serve_atom, int) {}};
  }
  self_pointer<interface> self_;
};

TEST_F(supervisor_test, KillsAChildThatDoesNotEndInTime) {
  auto node =
      begin({child_of("mule",
                      [this](const gauge_ptr& counts) {
                        return spawn<mule>(system, placement{.home = &loop, .counts = counts});
                      },
                      {.patience = 2s})});
  end(node);
  EXPECT_FALSE(seen.ended);
  advance(2001ms);
  EXPECT_EQ(seen.ended, true);
  EXPECT_EQ(seen.lines.back(), "mule stopped");
}

TEST_F(supervisor_test, EndDuringABackOffDoesNotStartTheChildAgain) {
  auto node = begin({worker_child("redis")});
  tell(13);
  end(node);
  EXPECT_EQ(seen.ended, true);
  advance(1s);
  EXPECT_FALSE(is_up());
}

TEST_F(supervisor_test, KilledSupervisorLeavesNoOrphan) {
  auto node = begin({worker_child("redis")});
  auto child = caf::actor_cast<caf::strong_actor_ptr>(*cell.get())->id();
  caf::anon_send_exit(node, caf::exit_reason::kill);
  settle();
  EXPECT_FALSE(is_up());
  EXPECT_FALSE(loop.hosts(child));
}

TEST_F(supervisor_test, StatusIsATreeWithCountsAndReasons) {
  auto below = child_of("pools", [this](const gauge_ptr& counts) {
    std::vector<child> table;
    table.push_back(worker_child("redis"));
    return supervise(system, placement{.home = &loop, .counts = counts}, terms("pools"),
                     std::move(table));
  });
  std::vector<child> table;
  table.push_back(std::move(below));
  auto node = begin(std::move(table));
  tell(1);
  tell(13);
  auto down = status_of(node);
  ASSERT_EQ(down.children.size(), 1u);
  ASSERT_EQ(down.children[0].children.size(), 1u);
  const auto& fallen = down.children[0].children[0];
  EXPECT_EQ(fallen.state, actor_state::down);
  EXPECT_EQ(fallen.last_error, "internal error: thirteen");
  EXPECT_EQ(fallen.details[0], (std::pair<std::string, std::uint64_t>{"sessions", 0}));
  advance(1s);
  auto redis = status_of(node).children[0].children[0];
  EXPECT_EQ(redis.name, "redis");
  EXPECT_EQ(redis.state, actor_state::running);
  EXPECT_EQ(redis.restarts, 1u);
  EXPECT_EQ(redis.handled, 2u);
  EXPECT_EQ(redis.waiting, 0u);
  EXPECT_EQ(redis.last_error, "internal error: thirteen");
  EXPECT_EQ(redis.details[0], (std::pair<std::string, std::uint64_t>{"sessions", 3}));
}

TEST_F(supervisor_test, ChildSupervisorThatGivesUpIsARestartForItsParent) {
  *obstacle = "no server";
  auto below = child_of("pools", [this](const gauge_ptr& counts) {
    std::vector<child> table;
    table.push_back(worker_child("redis", {.back_off = {.ceiling = 1}}));
    return supervise(system, placement{.home = &loop, .counts = counts}, terms("pools"),
                     std::move(table));
  });
  std::vector<child> table;
  table.push_back(std::move(below));
  auto node = begin(std::move(table));
  advance(1s);
  EXPECT_NE(seen.gave_up.find("pools gives up: 'redis'"), std::string::npos);
  obstacle->clear();
  advance(10s);
  EXPECT_TRUE(is_up());
  EXPECT_GE(status_of(node).children[0].restarts, 1u);
}

}  // namespace
}  // namespace puff
