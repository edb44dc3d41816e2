#include "cli/child.hpp"

#include <gtest/gtest.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <filesystem>

#include "tests/support/scratch_directory.hpp"

namespace puff::cli {
namespace {

int end_of(pid_t child) {
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

TEST(child, GetsItsWordsAndItsEnvironment) {
  support::scratch_directory scratch;
  auto file = scratch.path("out");
  auto child = start_child({"sh", "-c", "echo \"$1 $TEA\" > \"$0\"; exit 3", file, "green"},
                           {{"TEA", "leaves"}});
  ASSERT_TRUE(child);
  EXPECT_EQ(text_of_status(end_of(*child)), "exit status 3");
  EXPECT_EQ(scratch.read("out"), "green leaves\n");
}

TEST(child, ThatDoesNotExistIsNamed) {
  auto child = start_child({"no-such-program-here"}, {});
  ASSERT_FALSE(child);
  EXPECT_EQ(code_of(child.error()), ec::not_found);
  EXPECT_EQ(context_of(child.error()), "no-such-program-here: there is no such program");
}

TEST(child, LeadsAGroupOrStaysInThatOfItsParent) {
  for (auto group : {child_group::own, child_group::same}) {
    auto child = start_child({"sleep", "1000"}, {}, group);
    ASSERT_TRUE(child);
    EXPECT_EQ(::getpgid(*child), group == child_group::own ? *child : ::getpgrp());
    ::kill(*child, SIGKILL);
    EXPECT_EQ(text_of_status(end_of(*child)), "signal 9 (Killed)");
  }
}

TEST(child, EndsWithItsWholeGroup) {
  auto child = start_child({"sh", "-c", "sleep 1000 & wait"}, {});
  ASSERT_TRUE(child);
  signal_child(*child, SIGKILL);
  EXPECT_EQ(text_of_status(end_of(*child)), "signal 9 (Killed)");
}

TEST(child, RunsItsOwnProgramAlthoughSignalsRainOnTheStart) {
  struct sigaction rain = {}, before = {};
  rain.sa_handler = [](int) {};
  ::sigaction(SIGALRM, &rain, &before);  // without SA_RESTART
  const itimerval often{.it_interval = {0, 50}, .it_value = {0, 50}};
  ::setitimer(ITIMER_REAL, &often, nullptr);
  auto own = std::filesystem::read_symlink("/proc/self/exe");
  for (int i = 0; i < 50; ++i) {
    auto child = start_child({"sleep", "20"}, {});
    ASSERT_TRUE(child);
    EXPECT_NE(std::filesystem::read_symlink("/proc/" + std::to_string(*child) + "/exe"), own);
    signal_child(*child, SIGALRM);
    int status = 0;
    while (::waitpid(*child, &status, 0) < 0 && errno == EINTR) {
    }
    EXPECT_EQ(text_of_status(status), "signal 14 (Alarm clock)");
  }
  const itimerval never{};
  ::setitimer(ITIMER_REAL, &never, nullptr);
  ::sigaction(SIGALRM, &before, nullptr);
}

}  // namespace
}  // namespace puff::cli
