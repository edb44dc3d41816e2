#include "services/dev_servers/postgres_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "tests/support/scratch_directory.hpp"

namespace puff::dev {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;

// The first value of the answer to one statement, or why there is none.
std::string ask(const std::string& url, const std::string& sql) {
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection{PQconnectdb(url.c_str()), &PQfinish};
  if (PQstatus(connection.get()) != CONNECTION_OK) return PQerrorMessage(connection.get());
  std::unique_ptr<PGresult, decltype(&PQclear)> result{PQexec(connection.get(), sql.c_str()),
                                                       &PQclear};
  if (PQresultStatus(result.get()) == PGRES_FATAL_ERROR) return PQresultErrorMessage(result.get());
  return PQntuples(result.get()) ? PQgetvalue(result.get(), 0, 0) : PQcmdStatus(result.get());
}

// Waits for the end of a process that may be anybody's child.
bool ends(pid_t pid) {
  int fd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (fd < 0) return errno == ESRCH;
  pollfd p{fd, POLLIN, 0};
  bool ended = poll(&p, 1, 20000) == 1;
  close(fd);
  return ended;
}

struct postgres_server_test : testing::Test {
  support::scratch_directory here;
  postgres_options options;

  postgres_server_test() {
    chmod(here.path().c_str(), 0755);  // run by root, the server's user must get there
    options.directory = here.path(".puff");
  }

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

  void programs(const std::string& initdb, const std::string& postgres) {
    here.make_directory("bin");
    for (const auto& [name, text] : {std::pair{"bin/initdb", initdb}, {"bin/postgres", postgres}}) {
      here.write(name, "#!/bin/sh\n" + text);
      chmod(here.path(name).c_str(), 0755);
    }
    options.programs = here.path("bin");
  }
};

TEST_F(postgres_server_test, AnswersOnItsSocketAndOnNoPort) {
  auto server = good();
  ASSERT_TRUE(server);
  EXPECT_EQ(server->url(),
            "postgres://postgres@/postgres?host=" + here.path(".puff/postgres-default"));
  EXPECT_FALSE(server->is_reused());
  EXPECT_EQ(ask(server->url(), "SELECT current_user"), "postgres");
  EXPECT_EQ(ask(server->url(), "SHOW listen_addresses"), "");
  EXPECT_EQ(ask(server->url(), "SHOW server_encoding"), "UTF8");
}

TEST_F(postgres_server_test, KeepsDataBetweenRunsAndAfterACrash) {
  auto server = good();
  ASSERT_TRUE(server);
  EXPECT_EQ(ask(server->url(), "CREATE TABLE t AS SELECT 'hello'"), "SELECT 1");
  EXPECT_TRUE(server->stop());
  server = good();
  ASSERT_TRUE(server);
  EXPECT_EQ(ask(server->url(), "SELECT * FROM t"), "hello");
  auto pid = server->pid();
  kill(pid, SIGKILL);
  EXPECT_TRUE(ends(pid));
  server.reset();
  server = good();
  ASSERT_TRUE(server);
  EXPECT_EQ(ask(server->url(), "SELECT * FROM t"), "hello");
}

TEST_F(postgres_server_test, StopEndsTheProcessThoughSomebodyIsConnected) {
  auto server = good();
  ASSERT_TRUE(server);
  std::unique_ptr<PGconn, decltype(&PQfinish)> guest{PQconnectdb(server->url().c_str()), &PQfinish};
  EXPECT_EQ(PQstatus(guest.get()), CONNECTION_OK);
  auto pid = server->pid();
  ASSERT_GT(pid, 0);
  EXPECT_TRUE(server->stop());
  EXPECT_EQ(server->pid(), 0);
  EXPECT_EQ(kill(pid, 0), -1);
  EXPECT_FALSE(fs::exists(here.path(".puff/postgres-default/.s.PGSQL.5432")));
  EXPECT_TRUE(server->stop());
}

TEST_F(postgres_server_test, NamesAreSeparateServers) {
  auto one = good();
  options.name = "other";
  auto two = good();
  ASSERT_TRUE(one && two);
  EXPECT_NE(one->url(), two->url());
  ask(one->url(), "CREATE TABLE mine ()");
  EXPECT_EQ(ask(two->url(), "SELECT to_regclass('mine') IS NULL"), "t");
}

TEST_F(postgres_server_test, LiveServerIsReusedAndLeftAloneOrRefused) {
  auto first = good();
  auto second = good();
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(second->is_reused());
  EXPECT_EQ(second->url(), first->url());
  EXPECT_EQ(second->pid(), 0);
  EXPECT_TRUE(second->stop());
  EXPECT_EQ(ask(first->url(), "SELECT 1"), "1");
  options.live = on_live::refuse;
  auto e = wrong();
  EXPECT_EQ(code_of(e), ec::unavailable);
  EXPECT_THAT(context_of(e), HasSubstr("started by process " + std::to_string(getpid())));
}

TEST_F(postgres_server_test, ParallelStartsShareOneServer) {
  std::vector<std::unique_ptr<running_server>> servers(3);
  std::vector<std::thread> threads;
  for (auto& s : servers) threads.emplace_back([this, &s] { s = good(); });
  for (auto& t : threads) t.join();
  int own = 0;
  for (auto& s : servers) {
    ASSERT_TRUE(s);
    own += !s->is_reused();
    EXPECT_EQ(ask(s->url(), "SELECT 1"), "1");
  }
  EXPECT_EQ(own, 1);
}

TEST_F(postgres_server_test, WhatDeadProgramsLeftIsClearedAway) {
  here.make_directory(".puff/postgres-default/data.new/half");
  here.write(".puff/postgres-default/lock", "1\n");
  here.write(".puff/postgres-default/.s.PGSQL.5432", "");
  here.write(".puff/postgres-default/.s.PGSQL.5432.lock", std::to_string(getpid()) + "\n");
  auto server = good();
  ASSERT_TRUE(server);
  EXPECT_EQ(ask(server->url(), "SELECT 1"), "1");
}

TEST_F(postgres_server_test, EndsWithItsProgramEvenIfThatIsKilled) {
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
  EXPECT_EQ(ask(server->url(), "SELECT 1"), "1");
  close(ends_of_pipe[0]);
  close(ends_of_pipe[1]);
}

TEST_F(postgres_server_test, ServerThatDoesNotStopIsKilled) {
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

TEST_F(postgres_server_test, MissingProgramsNameTheirPackage) {
  options.programs = here.path("nowhere");
  auto e = wrong();
  EXPECT_EQ(code_of(e), ec::not_found);
  EXPECT_EQ(context_of(e), "PostgreSQL is not in " + here.path("nowhere") +
                               "; on Debian: apt-get install postgresql");
}

TEST_F(postgres_server_test, ProgramsThatEndAtOnceAreToldWithTheirLog) {
  programs("echo no room >&2; exit 3\n", "exit 0\n");
  auto e = wrong();
  EXPECT_EQ(code_of(e), ec::unavailable);
  EXPECT_THAT(context_of(e), HasSubstr("initdb exited with status 3"));
  EXPECT_THAT(context_of(e), HasSubstr("postgres.log: no room"));
  programs("mkdir -p \"$2\" && echo 15 > \"$2/PG_VERSION\"\n", "echo bad data >&2; exit 1\n");
  EXPECT_THAT(context_of(wrong()), HasSubstr("PostgreSQL exited with status 1"));
}

TEST_F(postgres_server_test, ServerThatNeverAnswersIsGivenUp) {
  programs("mkdir -p \"$2\" && echo 15 > \"$2/PG_VERSION\"\n",
           "echo $$ > \"$2/its-pid\"; exec sleep 1000\n");
  options.ready_timeout = 500ms;
  auto e = wrong();
  EXPECT_EQ(code_of(e), ec::timed_out);
  EXPECT_THAT(context_of(e), HasSubstr("does not answer"));
  EXPECT_TRUE(ends(std::stoi(here.read(".puff/postgres-default/data/its-pid"))));
}

TEST_F(postgres_server_test, UrlIsEncodedWhereThePathNeedsIt) {
  options.directory = here.path("my app@50%,\"x\"");
  auto server = good();
  ASSERT_TRUE(server);
  EXPECT_THAT(server->url(), HasSubstr("my%20app%4050%25%2C%22x%22/postgres-default"));
}

// What lies elsewhere goes with the test.
void remove_stand_in(const std::string& url) {
  auto at = url.find("host=") + 5;
  auto directory = fs::path{url.substr(at)}.parent_path();
  if (directory.parent_path() == "/var/tmp") fs::remove_all(directory);
}

TEST_F(postgres_server_test, LongPathsAreServed) {
  options.directory = here.path(std::string(120, 'd'));
  auto server = good();
  ASSERT_TRUE(server);
  EXPECT_EQ(ask(server->url(), "SELECT 1"), "1");
  ASSERT_TRUE(server->stop());
  remove_stand_in(server->url());
}

TEST_F(postgres_server_test, DirectoryClosedToOthersIsServedAndKeepsItsData) {
  chmod(here.path().c_str(), 0700);
  auto first = good();
  ASSERT_TRUE(first);
  EXPECT_EQ(ask(first->url(), "CREATE TABLE kept (a int)"), "CREATE TABLE");
  ASSERT_TRUE(first->stop());
  auto second = good();
  ASSERT_TRUE(second);
  EXPECT_EQ(ask(second->url(), "SELECT count(*) FROM kept"), "0");
  ASSERT_TRUE(second->stop());
  remove_stand_in(second->url());
}

TEST_F(postgres_server_test, NamesThatAreNoneAreRefused) {
  for (auto* name : {"", "../x", "a b"}) {
    options.name = name;
    EXPECT_EQ(code_of(wrong()), ec::bad_argument) << name;
  }
}

}  // namespace
}  // namespace puff::dev
