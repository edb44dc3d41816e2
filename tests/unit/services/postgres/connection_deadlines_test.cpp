#include "tests/support/scripted_peer.hpp"
#include "tests/unit/services/postgres/engine_fixture.hpp"

namespace puff::postgres {
namespace {

using testing::HasSubstr;

struct postgres_deadlines : engine_fixture {
  /// Whether the session of `sleeper` sleeps on the server, as `c` sees it.
  std::string sleeps(connection& c, const connection& sleeper) {
    return simple(c,
                  "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND pid = " +
                      std::to_string(sleeper.describe().backend_pid));
  }
};

TEST_F(postgres_deadlines, CancelWhatRunsAndLeaveTheConnectionUsable) {
  auto c = connect();
  auto other = connect();
  for (auto request : {kind::simple, kind::bound, kind::stream}) {
    auto sleep = bound("SELECT pg_sleep(600)");
    sleep.what = request;
    auto slept = ask(*c, sleep, 50ms);
    EXPECT_EQ(slept->code(), ec::timed_out);
    EXPECT_EQ(simple(*c, "SELECT 1"), "1");
    EXPECT_EQ(sleeps(*other, *c), "0");
  }
}

TEST_F(postgres_deadlines, AreKeptByThoseWhoWaitTheirTurn) {
  auto c = connect();
  auto other = connect();
  simple(*other, "SELECT pg_advisory_lock(1)");
  auto slow = send(*c, kind::simple, "SELECT pg_advisory_lock(1)");
  auto late = send(*c, kind::simple, "SELECT 1", 20ms);
  auto patient = send(*c, kind::simple, "SELECT 2");
  wait_for(*late);
  EXPECT_FALSE(slow->answered());
  EXPECT_EQ(late->code(), ec::timed_out);
  simple(*other, "SELECT pg_advisory_unlock(1)");
  wait_for(*patient);
  EXPECT_EQ(slow->text(), "");
  EXPECT_EQ(patient->text(), "2");
}

TEST_F(postgres_deadlines, InAPipelineHitOnlyTheirOwnRequest) {
  auto c = connect();
  for (int round = 0; round < 20; ++round) {
    auto late = send(*c, bound("SELECT pg_sleep($1)", {"600"}), 20ms);
    std::vector<asked> others;
    for (int i = 0; i < 50; ++i)
      others.push_back(send(*c, bound("SELECT $1::int", {std::to_string(i)})));
    wait_for(*others.back());
    EXPECT_EQ(late->code(), ec::timed_out);
    for (std::size_t i = 0; i < others.size(); ++i) {
      wait_for(*others[i]);
      ASSERT_EQ(others[i]->text(), std::to_string(i));
    }
  }
}

TEST_F(postgres_deadlines, ThatPassAsTheAnswerComesSpoilNothing) {
  auto c = connect();
  int timed_out = 0, answered = 0;
  for (int i = 0; i < 200 || timed_out == 0 || answered == 0; ++i) {
    auto in = std::chrono::milliseconds{1 + i % (5 + i / 200)};
    auto close_one = ask(*c, kind::simple, "SELECT pg_sleep(0.002)", in);
    (close_one->code() == ec::timed_out ? timed_out : answered) += 1;
    ASSERT_EQ(simple(*c, "SELECT " + std::to_string(i)), std::to_string(i));
  }
}

TEST_F(postgres_deadlines, CancelAStreamThatIsBeingRead) {
  auto c = connect();
  sql_request request;
  request.what = kind::stream;
  request.text = "SELECT repeat('x', 100000) FROM generate_series(1, 2); SELECT pg_sleep(600)";
  request.rows_per_piece = 1;
  EXPECT_TRUE(ask(*c, request)->more());
  EXPECT_EQ(ask(*c, kind::next, "", 20ms)->code(), ec::timed_out);
  EXPECT_EQ(simple(*c, "SELECT 1"), "1");
}

TEST_F(postgres_deadlines, EndACopyThatTheServerDoesNotTake) {
  auto c = connect();
  auto other = connect();
  simple(*other,
         "DROP TABLE IF EXISTS slow; CREATE TABLE slow (s text);"
         "CREATE OR REPLACE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS "
         "'BEGIN PERFORM pg_sleep(600); RETURN NEW; END';"
         "CREATE TRIGGER w BEFORE INSERT ON slow FOR EACH ROW EXECUTE FUNCTION wait()");
  EXPECT_EQ(ask(*c, kind::simple, "COPY slow FROM STDIN")->text(), "copy in");
  std::string data;
  for (int i = 0; i < 200'000; ++i) data += std::string(99, 'x') + "\n";
  EXPECT_EQ(ask(*c, kind::copy_data, data, 200ms)->code(), ec::timed_out);
  EXPECT_EQ(simple(*c, "SELECT 1"), "1");
  EXPECT_EQ(simple(*c, "SELECT count(*) FROM slow"), "0");
}

TEST_F(postgres_deadlines, OfOpeningAreKept) {
  test::scripted_peer silent{loop.io(), [](const std::string&) { return ""; }};
  auto c = make({.conninfo = "host=localhost port=" + std::to_string(silent.port())});
  auto failed = open(*c, 100ms);
  ASSERT_TRUE(failed);
  EXPECT_EQ(code_of(*failed), ec::timed_out);
  EXPECT_THAT(context_of(*failed), HasSubstr("\"localhost\""));
  EXPECT_FALSE(c->is_open());
}

struct postgres_cancelling : engine_fixture {};

TEST_F(postgres_cancelling, GivesTheHolderTheServersError) {
  auto c = connect();
  auto other = connect();
  auto slept = send(*c, kind::simple, "SELECT pg_sleep(600)");
  auto pid = std::to_string(c->describe().backend_pid);
  ASSERT_TRUE(
      says(*other, "SELECT wait_event FROM pg_stat_activity WHERE pid = " + pid, "PgSleep"));
  c->cancel();
  wait_for(*slept);
  EXPECT_EQ(slept->text(), "57014");
  EXPECT_EQ(simple(*c, "SELECT 1"), "1");
}

TEST_F(postgres_cancelling, IsRepeatedWhereTheStatementComesLater) {
  auto c = connect();
  for (int i = 0; i < 20; ++i) {
    auto slept = send(*c, kind::simple, "SELECT pg_sleep(600)");
    c->cancel();  // by a connection of its own, which may be faster
    wait_for(*slept);
    ASSERT_EQ(slept->text(), "57014");
  }
  EXPECT_EQ(simple(*c, "SELECT 1"), "1");
}

TEST_F(postgres_cancelling, WithNothingRunningDoesNothing) {
  auto c = connect();
  for (int i = 0; i < 50; ++i) {
    c->cancel();
    EXPECT_EQ(simple(*c, "SELECT 1"), "1");
  }
}

TEST_F(postgres_cancelling, HitsNoLaterRequest) {
  auto c = connect();
  for (int i = 0; i < 200; ++i) {
    auto first = send(*c, kind::simple, "SELECT pg_sleep(0.001)");
    c->cancel();
    auto second = ask(*c, kind::simple, "SELECT 2");
    EXPECT_TRUE(first->answered());
    ASSERT_EQ(second->text(), "2");
  }
}

TEST_F(postgres_cancelling, HappensToWhatRunsWhenTheConnectionIsClosed) {
  auto other = connect();
  auto c = connect();
  auto pid = std::to_string(c->describe().backend_pid);
  auto sleeping =
      "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND pid = " + pid;
  auto slept = send(*c, kind::simple, "SELECT pg_sleep(600)");
  ASSERT_TRUE(says(*other, sleeping, "1"));
  c.reset();
  EXPECT_TRUE(says(*other, sleeping, "0"));
}

TEST_F(postgres_cancelling, MayOutliveItsConnection) {
  for (int i = 0; i < 20; ++i) {
    auto c = connect();
    auto slept = send(*c, kind::simple, "SELECT pg_sleep(600)");
    c->cancel();
    c.reset();
    EXPECT_EQ(slept->code(), ec::shutting_down);
  }
  loop.run_ready();
}

}  // namespace
}  // namespace puff::postgres
