#include "services/dev_servers/file_watcher.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include "tests/support/scratch_directory.hpp"

namespace puff::dev {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::ElementsAre;

struct file_watcher_test : testing::Test {
  support::scratch_directory here;
  std::unique_ptr<file_watcher> watcher;

  void watch(watch_options o = {}) {
    o.directories = {here.path()};
    if (o.quiet == 200ms) o.quiet = 20ms;
    auto started = file_watcher::start(o);
    ASSERT_TRUE(started) << context_of(started.error());
    watcher = std::move(*started);
  }

  bool is_readable(std::chrono::milliseconds within) {
    pollfd p{watcher->descriptor(), POLLIN, 0};
    return poll(&p, 1, static_cast<int>(within.count())) == 1;
  }

  file_changes next() {
    while (is_readable(10s)) {
      auto changes = watcher->read_changes();
      if (!changes) {
        ADD_FAILURE() << context_of(changes.error());
        return {};
      }
      if (!changes->empty()) return *changes;
    }
    ADD_FAILURE() << "no change was reported";
    return {};
  }

  // The names of the next report, below the directory.
  std::vector<std::string> names() {
    std::vector<std::string> out;
    for (const auto& path : next().paths) out.push_back(path.substr(here.path().size() + 1));
    return out;
  }
};

TEST_F(file_watcher_test, ReportsWrittenMadeMovedAndRemovedFiles) {
  here.write("old.py", "1");
  here.write("gone.py", "1");
  here.write("from.py", "1");
  watch();
  here.write("old.py", "2");
  here.write("new.py", "1");
  fs::remove(here.path("gone.py"));
  fs::rename(here.path("from.py"), here.path("to.py"));
  EXPECT_THAT(names(), ElementsAre("from.py", "gone.py", "new.py", "old.py", "to.py"));
}

TEST_F(file_watcher_test, ReadingIsNoChange) {
  here.write("a.py", "1");
  watch();
  here.read("a.py");
  EXPECT_FALSE(is_readable(0ms));
  here.write("b.py", "1");
  EXPECT_THAT(names(), ElementsAre("b.py"));
}

TEST_F(file_watcher_test, QuietMeansNothingToRead) {
  watch();
  EXPECT_FALSE(is_readable(0ms));
  auto changes = watcher->read_changes();
  ASSERT_TRUE(changes);
  EXPECT_TRUE(changes->empty());
  here.write("a.py", "1");
  names();
  EXPECT_FALSE(is_readable(0ms));
}

TEST_F(file_watcher_test, ManyChangesAreOneReport) {
  watch({.quiet = 100ms});
  for (int i = 0; i < 50; ++i) here.write("a" + std::to_string(i % 5), "1");
  EXPECT_THAT(names(), ElementsAre("a0", "a1", "a2", "a3", "a4"));
}

TEST_F(file_watcher_test, EndlessChangesAreReportedAtLast) {
  watch({.quiet = 1h, .longest = 50ms});
  here.write("a.py", "1");
  EXPECT_THAT(names(), ElementsAre("a.py"));
  here.write("b.py", "1");
  EXPECT_THAT(names(), ElementsAre("b.py"));
}

TEST_F(file_watcher_test, DirectoriesBelowAreWatched) {
  here.make_directory("a/b/c");
  watch();
  EXPECT_EQ(watcher->size(), 4u);
  here.write("a/b/c/d.py", "1");
  EXPECT_THAT(names(), ElementsAre("a/b/c/d.py"));
}

TEST_F(file_watcher_test, NewDirectoriesAreWatchedWithWhatTheyHold) {
  watch();
  here.make_directory("a/b");
  here.write("a/b/early.py", "1");
  EXPECT_THAT(names(), ElementsAre("a/b/early.py"));
  here.write("a/b/late.py", "1");
  EXPECT_THAT(names(), ElementsAre("a/b/late.py"));
}

TEST_F(file_watcher_test, MovedDirectoriesAreReportedByTheirNewName) {
  here.make_directory("a/in");
  here.make_directory("a-b");
  here.write("a/in/x.py", "1");
  watch();
  fs::rename(here.path("a"), here.path("z"));
  EXPECT_THAT(names(), ElementsAre("a", "z/in/x.py"));
  here.write("z/in/x.py", "2");
  here.write("a-b/y.py", "2");
  EXPECT_THAT(names(), ElementsAre("a-b/y.py", "z/in/x.py"));
}

TEST_F(file_watcher_test, DirectoriesMovedAwayAreForgotten) {
  support::scratch_directory elsewhere;
  here.make_directory("a/in");
  watch();
  fs::rename(here.path("a"), elsewhere.path("a"));
  EXPECT_THAT(names(), ElementsAre("a"));
  EXPECT_EQ(watcher->size(), 1u);
  elsewhere.write("a/in/x.py", "1");
  here.write("b.py", "1");
  EXPECT_THAT(names(), ElementsAre("b.py"));
}

TEST_F(file_watcher_test, RemovedDirectoriesAreReported) {
  here.make_directory("a/b");
  here.write("a/b/x.py", "1");
  watch();
  fs::remove_all(here.path("a"));
  EXPECT_THAT(names(), ElementsAre("a", "a/b", "a/b/x.py"));
  EXPECT_EQ(watcher->size(), 1u);
}

TEST_F(file_watcher_test, IgnoredNamesAreNotReported) {
  here.make_directory(".git");
  watch({.ignore = ignore_rules{{"*.log"}}});
  here.write(".git/index", "1");
  here.make_directory("__pycache__");
  here.write("__pycache__/a.pyc", "1");
  here.write("a.pyc", "1");
  here.write(".a.py.swp", "1");
  here.write("server.log", "1");
  here.write("a.py", "1");
  EXPECT_THAT(names(), ElementsAre("a.py"));
  EXPECT_EQ(watcher->size(), 1u);
}

TEST_F(file_watcher_test, VirtualEnvironmentsOfAnyNameAreLeftOut) {
  here.make_directory("env/lib");
  here.write("env/pyvenv.cfg", "home = /usr/bin");
  watch();
  EXPECT_EQ(watcher->size(), 1u);
  here.write("env/lib/a.py", "1");
  here.write("b.py", "1");
  EXPECT_THAT(names(), ElementsAre("b.py"));
}

TEST_F(file_watcher_test, LinksToDirectoriesAreNotFollowed) {
  here.make_directory("a");
  fs::create_directory_symlink(here.path(), here.path("a/loop"));
  watch();
  EXPECT_EQ(watcher->size(), 2u);
}

TEST_F(file_watcher_test, SavingByRenameIsAChangeOfTheFile) {
  here.write("a.py", "1");
  watch();
  here.write("a.py~", "2");
  fs::rename(here.path("a.py~"), here.path("a.py"));
  EXPECT_THAT(names(), ElementsAre("a.py"));
}

TEST_F(file_watcher_test, OverflowIsReportedAndWatchingGoesOn) {
  std::ifstream setting{"/proc/sys/fs/inotify/max_queued_events"};
  int limit = 0;
  setting >> limit;
  if (limit <= 0 || limit > 100000) GTEST_SKIP() << "queue of " << limit << " events";
  watch();
  for (int i = 0; i <= limit / 2; ++i) here.write("f" + std::to_string(i), "");
  here.make_directory("made/late");
  EXPECT_TRUE(next().overflow);
  here.write("made/late/x.py", "1");
  EXPECT_THAT(names(), ElementsAre("made/late/x.py"));
}

TEST_F(file_watcher_test, VanishedRootIsReported) {
  watch();
  fs::remove_all(here.path());
  EXPECT_THAT(next().paths, ElementsAre(here.path()));
}

TEST_F(file_watcher_test, MissingDirectoryIsNamed) {
  auto started = file_watcher::start({.directories = {here.path("none")}});
  ASSERT_FALSE(started);
  EXPECT_EQ(code_of(started.error()), ec::not_found);
  EXPECT_NE(context_of(started.error()).find("/none"), std::string::npos);
  here.write("file", "");
  EXPECT_FALSE(file_watcher::start({.directories = {here.path("file")}}));
}

}  // namespace
}  // namespace puff::dev
