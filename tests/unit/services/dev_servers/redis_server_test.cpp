#include "services/dev_servers/redis_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <thread>

#include "tests/support/scratch_directory.hpp"

namespace puff::dev {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;

// The first line of the answer to one inline command; "no answer" if nobody is there.
std::string ask(const std::string& url, const std::string& command) {
  auto path = url.substr(std::string{"unix://"}.size());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof address.sun_path - 1));
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::string answer = "no answer";
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    auto line = command + "\r\n";
    char buffer[512];
    auto sent = send(fd, line.data(), line.size(), MSG_NOSIGNAL);
    auto got = sent > 0 ? recv(fd, buffer, sizeof buffer, 0) : 0;
    if (got > 0) answer.assign(buffer, static_cast<std::size_t>(got));
  }
  close(fd);
  return answer;
}

// Waits for the end of a process that may be anybody's child.
bool ends(pid_t pid) {
  int fd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (fd < 0) return errno == ESRCH;
  pollfd p{fd, POLLIN, 0};
  bool ended = poll(&p, 1, 10000) == 1;
  close(fd);
  return ended;
}

struct redis_server_test : testing::Test {
  support::scratch_directory here;
  redis_options options;

  redis_server_test() { options.directory = here.path(".puff"); }

  std::unique_ptr<running_server> good() {
    auto server = start(options);
    EXPECT_TRUE(server) << context_of(server.error());
    return server ? std::move(*server) : nullptr;
  }

  error wrong() {
    auto server = start(options);
    EXPECT_FALSE(server);
    return server ? error{} : server.error();
  }

  void script(const std::string& text) {
    here.write("fake-redis", "#!/bin/sh\n" + text);
    chmod(here.path("fake-redis").c_str(), 0755);
    options.executable = here.path("fake-redis");
  }
};

TEST_F(redis_server_test, AnswersOnItsSocketAndOnNoPort) {
  auto server = good();
  ASSERT_TRUE(server);
  EXPECT_EQ(server->url(), "unix://" + here.path(".puff/redis-default/redis.sock"));
  EXPECT_FALSE(server->is_reused());
  EXPECT_EQ(ask(server->url(), "PING"), "+PONG\r\n");
  EXPECT_THAT(ask(server->url(), "CONFIG GET port"), HasSubstr("\r\n0\r\n"));
}

TEST_F(redis_server_test, KeepsDataBetweenRuns) {
  auto server = good();
  ASSERT_TRUE(server);
  EXPECT_EQ(ask(server->url(), "SET greeting hello"), "+OK\r\n");
  EXPECT_TRUE(server->stop());
  server = good();
  ASSERT_TRUE(server);
  EXPECT_EQ(ask(server->url(), "GET greeting"), "$5\r\nhello\r\n");
}

TEST_F(redis_server_test, StopEndsTheProcessAndClearsUp) {
  auto server = good();
  ASSERT_TRUE(server);
  auto pid = server->pid();
  ASSERT_GT(pid, 0);
  EXPECT_TRUE(server->stop());
  EXPECT_EQ(server->pid(), 0);
  EXPECT_EQ(kill(pid, 0), -1);
  EXPECT_FALSE(fs::exists(here.path(".puff/redis-default/redis.sock")));
  EXPECT_TRUE(server->stop());
}

TEST_F(redis_server_test, LeavingTheScopeStopsIt) {
  pid_t pid = 0;
  if (auto server = good()) pid = server->pid();
  ASSERT_GT(pid, 0);
  EXPECT_EQ(kill(pid, 0), -1);
}

TEST_F(redis_server_test, NamesAreSeparateServers) {
  auto one = good();
  options.name = "other";
  auto two = good();
  ASSERT_TRUE(one && two);
  EXPECT_NE(one->url(), two->url());
  ask(one->url(), "SET a 1");
  EXPECT_EQ(ask(two->url(), "GET a"), "$-1\r\n");
}

TEST_F(redis_server_test, LiveServerIsReusedAndLeftAlone) {
  auto first = good();
  auto second = good();
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(second->is_reused());
  EXPECT_EQ(second->url(), first->url());
  EXPECT_EQ(second->pid(), 0);
  EXPECT_TRUE(second->stop());
  EXPECT_EQ(ask(first->url(), "PING"), "+PONG\r\n");
}

TEST_F(redis_server_test, LiveServerIsRefusedOnRequest) {
  auto first = good();
  options.live = on_live::refuse;
  auto e = wrong();
  EXPECT_EQ(code_of(e), ec::unavailable);
  EXPECT_THAT(context_of(e), HasSubstr("started by process " + std::to_string(getpid())));
}

TEST_F(redis_server_test, ParallelStartsShareOneServer) {
  std::vector<std::unique_ptr<running_server>> servers(4);
  std::vector<std::thread> threads;
  for (auto& s : servers) threads.emplace_back([this, &s] { s = good(); });
  for (auto& t : threads) t.join();
  int own = 0;
  for (auto& s : servers) {
    ASSERT_TRUE(s);
    own += !s->is_reused();
    EXPECT_EQ(ask(s->url(), "PING"), "+PONG\r\n");
  }
  EXPECT_EQ(own, 1);
}

TEST_F(redis_server_test, WhatADeadServerLeftIsClearedAway) {
  here.make_directory(".puff/redis-default");
  here.write(".puff/redis-default/redis.sock", "");
  here.write(".puff/redis-default/redis.pid", "1\n");
  here.write(".puff/redis-default/lock", "1\n");
  auto server = good();
  ASSERT_TRUE(server);
  EXPECT_EQ(ask(server->url(), "PING"), "+PONG\r\n");
}

TEST_F(redis_server_test, KilledServerLosesNothingItConfirmedAndStartsAgain) {
  auto server = good();
  ASSERT_TRUE(server);
  ask(server->url(), "CONFIG SET appendfsync always");
  EXPECT_EQ(ask(server->url(), "SET a 1"), "+OK\r\n");
  auto pid = server->pid();
  kill(pid, SIGKILL);
  EXPECT_TRUE(ends(pid));
  server.reset();
  server = good();
  ASSERT_TRUE(server);
  EXPECT_EQ(ask(server->url(), "GET a"), "$1\r\n1\r\n");
}

TEST_F(redis_server_test, EndsWithItsProgramEvenIfThatIsKilled) {
  int ends_of_pipe[2];
  ASSERT_EQ(pipe(ends_of_pipe), 0);
  auto program = fork();
  if (program == 0) {
    auto server = start(options);
    pid_t pid = server ? (*server)->pid() : -1;
    if (write(ends_of_pipe[1], &pid, sizeof pid) != sizeof pid) _exit(1);
    for (;;) pause();
  }
  pid_t pid = 0;
  ASSERT_EQ(read(ends_of_pipe[0], &pid, sizeof pid), static_cast<ssize_t>(sizeof pid));
  ASSERT_GT(pid, 0);
  kill(program, SIGKILL);
  waitpid(program, nullptr, 0);
  auto server = good();  // at once, while the old one may still be ending
  ASSERT_TRUE(server);
  EXPECT_FALSE(server->is_reused());
  EXPECT_TRUE(ends(pid));
  close(ends_of_pipe[0]);
  close(ends_of_pipe[1]);
}

TEST_F(redis_server_test, ServerThatDoesNotStopIsKilled) {
  options.stop_grace = 50ms;
  auto server = good();
  ASSERT_TRUE(server);
  auto pid = server->pid();
  kill(pid, SIGSTOP);
  auto stopped = server->stop();
  ASSERT_FALSE(stopped);
  EXPECT_EQ(code_of(stopped.error()), ec::timed_out);
  EXPECT_EQ(kill(pid, 0), -1);
}

TEST_F(redis_server_test, MissingProgramNamesItsPackage) {
  options.executable = "no-such-redis-server";
  auto e = wrong();
  EXPECT_EQ(code_of(e), ec::not_found);
  EXPECT_EQ(context_of(e),
            "no-such-redis-server is not installed; on Debian: apt-get install redis-server");
}

TEST_F(redis_server_test, ProgramThatEndsAtOnceIsToldWithItsLog) {
  script("echo cannot do this >&2; exit 3\n");
  auto e = wrong();
  EXPECT_EQ(code_of(e), ec::unavailable);
  EXPECT_THAT(context_of(e), HasSubstr("exited with status 3"));
  EXPECT_THAT(context_of(e), HasSubstr("redis.log: cannot do this"));
}

TEST_F(redis_server_test, ProgramThatIsNoneIsToldAtOnce) {
  here.write("fake-redis",
             "\x7f"
             "ELF nonsense");
  chmod(here.path("fake-redis").c_str(), 0755);
  options.executable = here.path("fake-redis");
  EXPECT_THAT(context_of(wrong()), HasSubstr("Exec format error"));
}

TEST_F(redis_server_test, ProgramThatNeverAnswersIsGivenUp) {
  script("echo $$ > " + here.path("its-pid") + "; exec sleep 1000\n");
  options.ready_timeout = 300ms;
  auto e = wrong();
  EXPECT_EQ(code_of(e), ec::timed_out);
  EXPECT_THAT(context_of(e), HasSubstr("does not answer"));
  EXPECT_TRUE(ends(std::stoi(here.read("its-pid"))));
}

TEST_F(redis_server_test, LongPathsHaveTheirSocketElsewhere) {
  options.directory = here.path(std::string(120, 'd'));
  auto server = good();
  ASSERT_TRUE(server);
  EXPECT_THAT(server->url(), testing::Not(HasSubstr("dddd")));
  EXPECT_EQ(ask(server->url(), "PING"), "+PONG\r\n");
  auto again = good();
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->is_reused());
  fs::path socket = server->url().substr(7);
  EXPECT_TRUE(server->stop());
  EXPECT_FALSE(fs::exists(socket));
  fs::remove(socket.parent_path());
}

TEST_F(redis_server_test, UrlIsEncodedWhereThePathNeedsIt) {
  options.directory = here.path("my app@50%");
  auto server = good();
  ASSERT_TRUE(server);
  EXPECT_EQ(server->url(), "unix://" + here.path("my%20app%4050%25/redis-default/redis.sock"));
  EXPECT_EQ(ask("unix://" + here.path("my app@50%/redis-default/redis.sock"), "PING"), "+PONG\r\n");
}

TEST_F(redis_server_test, VersionControlIgnoresTheDirectory) {
  good();
  EXPECT_EQ(here.read(".puff/.gitignore"), "*\n");
}

TEST_F(redis_server_test, NamesThatAreNoneAreRefused) {
  for (auto* name : {"", "../x", "a b"}) {
    options.name = name;
    EXPECT_EQ(code_of(wrong()), ec::bad_argument) << name;
  }
}

}  // namespace
}  // namespace puff::dev
