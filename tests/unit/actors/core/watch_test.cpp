#include "actors/core/watch.hpp"

#include "tests/support/actor_test.hpp"

namespace puff {
namespace {

using manner = oracle::manner;
using watcher_actor = caf::typed_actor<caf::reacts_to<check_atom>>;

struct watch_log {
  std::vector<std::string> downs;
};

struct watcher {
  using interface = watcher_actor;
  using script = std::function<void(watch<pinned<watcher_actor::base>>&)>;
  static constexpr const char* name = "watcher";

  watcher(self_pointer<interface> self, script what) : watch_(self), what_(std::move(what)) {}
  interface::behavior_type make_behavior() {
    watch_.start();
    return {[this](check_atom) { what_(watch_); }};
  }

  watch<pinned<watcher_actor::base>> watch_;
  script what_;
};

struct watch_test : watch_log, actor_test {
  oracle::interface target = spawn<oracle>(system, here(), manner::answers);

  auto noting(std::string prefix = "") {
    return [this, prefix](const error& why) { downs.push_back(prefix + text_of(why)); };
  }
  watcher_actor watching(watcher::script what) {
    auto who = spawn<watcher>(system, here(), std::move(what));
    caf::anon_send(who, check_atom::value);
    settle();
    return who;
  }
  void end(caf::exit_reason why = caf::exit_reason::user_shutdown) {
    caf::anon_send_exit(target, why);
    settle();
  }
};

TEST_F(watch_test, TellsOnceWithTheReason) {
  watching([this](auto& watch) { watch.add(target, noting()); });
  EXPECT_TRUE(downs.empty());
  end();
  EXPECT_EQ(downs, std::vector<std::string>{"ended: user_shutdown"});
}

TEST_F(watch_test, TellsOfAnActorThatEndedBefore) {
  end();
  watching([this](auto& watch) { watch.add(target, noting()); });
  EXPECT_EQ(downs.size(), 1u);
}

TEST_F(watch_test, SecondAddReplacesTheFirst) {
  watching([this](auto& watch) {
    watch.add(target, noting("first "));
    watch.add(target, noting("second "));
    EXPECT_EQ(watch.size(), 1u);
  });
  end();
  EXPECT_EQ(downs, std::vector<std::string>{"second ended: user_shutdown"});
}

TEST_F(watch_test, RemovedWatchIsSilent) {
  watching([this](auto& watch) {
    watch.add(target, noting());
    EXPECT_TRUE(watch.remove(target));
    EXPECT_FALSE(watch.remove(target));
  });
  end();
  EXPECT_TRUE(downs.empty());
}

TEST_F(watch_test, HandlerMayWatchTheNext) {
  auto next = spawn<oracle>(system, here(), manner::answers);
  watching([this, next](auto& watch) {
    watch.add(target, [this, next, &watch](const error&) { watch.add(next, noting("next ")); });
  });
  end();
  caf::anon_send_exit(next, caf::exit_reason::kill);
  settle();
  EXPECT_EQ(downs, std::vector<std::string>{"next ended: kill"});
}

}  // namespace
}  // namespace puff
