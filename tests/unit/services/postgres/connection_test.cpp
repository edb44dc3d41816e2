#include "services/postgres/connection.hpp"

#include "tests/unit/services/postgres/engine_fixture.hpp"

namespace puff::postgres {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct postgres_connection : engine_fixture {};

TEST_F(postgres_connection, TalksOverUnixSocketsAndTcp) {
  for (const auto& conninfo :
       {server().conninfo(), server().tcp_conninfo(),
        "postgres://postgres@localhost:" + std::to_string(server().port())}) {
    auto c = connect({.conninfo = conninfo});
    EXPECT_TRUE(c->is_open());
    EXPECT_TRUE(c->is_idle());
    EXPECT_EQ(simple(*c, "SELECT 1, NULL, 'x'"), "1,(null),x");
  }
}

TEST_F(postgres_connection, GivesAResultForEachStatementOfASimpleRequest) {
  auto c = connect();
  EXPECT_EQ(simple(*c,
                   "SELECT 1; CREATE TEMP TABLE t (i int); INSERT INTO t VALUES (1), (2);"
                   "SELECT i FROM t"),
            "1|CREATE TABLE|INSERT 0 2|1 2");
  EXPECT_EQ(simple(*c, ""), "empty");
  EXPECT_EQ(simple(*c, "SELECT 1; SELECT 1/0; SELECT 2"), "1|22012");
  EXPECT_EQ(simple(*c, "SELECT 3"), "3");
}

TEST_F(postgres_connection, BindsValuesAsTextBytesAndNull) {
  auto c = connect();
  auto request =
      bound("SELECT $1::int + 1, $2::text, $3::bytea", {"41", std::nullopt, "\x01\x00z"});
  request.sets[0].values[2] = std::string{"\x01\x00z", 3};
  request.sets[0].binary = {false, false, true};
  EXPECT_EQ(ask(*c, request)->text(), "42,(null),\\x01007a");
  request.binary_results = true;
  auto binary = ask(*c, request);
  EXPECT_EQ(binary->text(), (std::string{"\0\0\0*,(null),\x01\x00z", 15}));
  EXPECT_TRUE(result_view{binary->reply().results[0]}.column_is_binary(0));
}

TEST_F(postgres_connection, PreparesABoundStatementOnce) {
  auto c = connect();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(*c, bound("SELECT $1::text", {"a"}))->text(), "a");
  EXPECT_EQ(simple(*c, "SELECT count(*), min(statement) FROM pg_prepared_statements"),
            "1,SELECT $1::text");
}

TEST_F(postgres_connection, TypesOfParametersMakeAnotherStatement) {
  auto c = connect();
  auto request = bound("SELECT pg_typeof($1)::text", {"1"});
  for (auto [oid, name] : {std::pair{23u, "integer"}, {25u, "text"}, {23u, "integer"}}) {
    request.types = {oid};
    EXPECT_EQ(ask(*c, request)->text(), name);
  }
  EXPECT_EQ(simple(*c, "SELECT count(*) FROM pg_prepared_statements"), "2");
}

TEST_F(postgres_connection, PreparesNothingWithoutACache) {
  auto c = connect({.conninfo = server().conninfo(), .statement_cache = 0});
  EXPECT_EQ(ask(*c, bound("SELECT $1::int", {"1"}))->text(), "1");
  EXPECT_EQ(simple(*c, "SELECT count(*) FROM pg_prepared_statements"), "0");
}

TEST_F(postgres_connection, ForgetsStatementsThatWereNotUsedForLong) {
  auto c = connect({.conninfo = server().conninfo(), .statement_cache = 10});
  for (int i = 0; i < 200; ++i)
    EXPECT_EQ(ask(*c, bound("SELECT " + std::to_string(i)))->text(), std::to_string(i));
  EXPECT_EQ(ask(*c, bound("SELECT 0"))->text(), "0");
  auto kept = std::stoi(simple(*c, "SELECT count(*) FROM pg_prepared_statements"));
  EXPECT_GE(kept, 10);
  EXPECT_LE(kept, 20);
}

TEST_F(postgres_connection, ManyStatementsOfOneTransactionAreForgottenAfterIt) {
  auto c = connect({.conninfo = server().conninfo(), .statement_cache = 10});
  simple(*c, "BEGIN");
  for (int i = 0; i < 100; ++i) ask(*c, bound("SELECT " + std::to_string(i)));
  EXPECT_EQ(ask(*c, bound("SELECT $1::int", {"7"}))->text(), "7");
  EXPECT_EQ(simple(*c, "SELECT count(*) FROM pg_prepared_statements"), "20");
  simple(*c, "COMMIT");
}

TEST_F(postgres_connection, PipelinesRequestsThatWaitTogether) {
  auto c = connect();
  std::vector<asked> all;
  for (int i = 0; i < 2'000; ++i)
    all.push_back(send(*c, bound("SELECT $1::int", {std::to_string(i)})));
  EXPECT_FALSE(c->is_idle());
  wait_for(*all.back());
  for (std::size_t i = 0; i < all.size(); ++i) ASSERT_EQ(all[i]->text(), std::to_string(i));
  EXPECT_TRUE(c->is_idle());
}

TEST_F(postgres_connection, AFailureInAPipelineIsOfOneRequestOnly) {
  auto c = connect();
  simple(*c, "CREATE TEMP TABLE t (i int PRIMARY KEY)");
  std::vector<asked> all;
  for (const auto* value : {"1", "2", "1", "x", "3"})
    all.push_back(send(*c, bound("INSERT INTO t VALUES ($1)", {value})));
  all.push_back(send(*c, bound("no statement")));
  all.push_back(send(*c, bound("no statement")));
  all.push_back(send(*c, bound("SELECT count(*) FROM t")));
  wait_for(*all.back());
  std::vector<std::string> texts;
  for (const auto& one : all) texts.push_back(one->text());
  EXPECT_THAT(texts, ElementsAre("INSERT 0 1", "INSERT 0 1", "23505", "22P02", "INSERT 0 1",
                                 "42601", "42601", "3"));
}

TEST_F(postgres_connection, MixesAllKindsInOrder) {
  auto c = connect();
  std::vector<asked> all;
  for (int i = 0; i < 30; ++i) {
    all.push_back(send(*c, bound("SELECT $1::text", {"b" + std::to_string(i)})));
    all.push_back(send(*c, kind::simple, "SELECT 's" + std::to_string(i) + "'"));
    all.push_back(send(*c, kind::poll));
  }
  wait_for(*all.back());
  for (std::size_t i = 0; i < 30; ++i) {
    EXPECT_EQ(all[3 * i]->text(), "b" + std::to_string(i));
    EXPECT_EQ(all[3 * i + 1]->text(), "s" + std::to_string(i));
    EXPECT_EQ(all[3 * i + 2]->text(), "");
  }
}

TEST_F(postgres_connection, ABatchIsAllOrNothing) {
  auto c = connect();
  simple(*c, "CREATE TEMP TABLE t (i int PRIMARY KEY)");
  auto batch = bound("INSERT INTO t VALUES ($1)");
  batch.what = kind::batch;
  batch.sets.clear();
  for (const auto* value : {"1", "2", "3"}) batch.sets.push_back({{value}, {}});
  EXPECT_EQ(ask(*c, batch)->text(), "INSERT 0 1|INSERT 0 1|INSERT 0 1");
  for (const auto* value : {"3", "5"}) batch.sets.push_back({{value}, {}});
  batch.sets[0].values[0] = "9";
  batch.sets[1].values[0] = "10";
  batch.sets[2].values[0] = "11";
  EXPECT_EQ(ask(*c, batch)->text(), "INSERT 0 1|INSERT 0 1|INSERT 0 1|23505");
  EXPECT_EQ(simple(*c, "SELECT count(*) FROM t"), "3");
}

TEST_F(postgres_connection, ALargeBatchWithLargeAnswersBlocksNobody) {
  auto c = connect();
  auto batch = bound("SELECT repeat($1, 10)");
  batch.what = kind::batch;
  batch.sets.assign(20'000, {{std::string(200, 'x')}, {}});
  auto done = ask(*c, batch);
  ASSERT_TRUE(done->succeeded()) << done->reason();
  EXPECT_EQ(done->reply().results.size(), 20'000u);
  EXPECT_EQ(result_view{done->reply().results.back()}.value(0, 0).size(), 2'000u);
}

TEST_F(postgres_connection, TellsHowTheTransactionStands) {
  auto c = connect();
  auto status_after = [&](const std::string& text) {
    auto simply = ask(*c, kind::simple, text)->reply().transaction;
    EXPECT_EQ(c->transaction(), simply);
    return simply;
  };
  EXPECT_EQ(c->transaction(), transaction_status::idle);
  EXPECT_EQ(status_after("SELECT 1"), transaction_status::idle);
  EXPECT_EQ(status_after("BEGIN"), transaction_status::open);
  EXPECT_EQ(ask(*c, bound("SELECT 1"))->reply().transaction, transaction_status::open);
  EXPECT_EQ(ask(*c, bound("SELECT 1/0"))->reply().transaction, transaction_status::failed);
  EXPECT_EQ(ask(*c, bound("SELECT 2"))->text(), "25P02");
  EXPECT_EQ(ask(*c, bound("ROLLBACK"))->reply().transaction, transaction_status::idle);
}

TEST_F(postgres_connection, TellsHowTheTransactionStandsWithinAPipeline) {
  auto c = connect();
  std::vector<asked> all;
  for (const auto* text :
       {"SELECT 1", "BEGIN", "SELECT 1", "SELECT 1/0", "SELECT 2", "ROLLBACK", "SELECT 3"})
    all.push_back(send(*c, bound(text)));
  wait_for(*all.back());
  std::vector<transaction_status> seen;
  for (const auto& one : all) seen.push_back(one->reply().transaction);
  using enum transaction_status;
  EXPECT_THAT(seen, ElementsAre(idle, transaction_status::open, transaction_status::open, failed,
                                failed, idle, idle));
}

TEST_F(postgres_connection, RecoversFromStatementsDroppedBehindItsBack) {
  auto c = connect();
  auto request = bound("SELECT $1::int", {"5"});
  EXPECT_EQ(ask(*c, request)->text(), "5");
  for (const auto* text : {"DEALLOCATE ALL", "DISCARD ALL", "DO 'BEGIN DEALLOCATE ALL; END'",
                           "DEALLOCATE ALL; SELECT 1"}) {
    simple(*c, text);
    EXPECT_EQ(ask(*c, request)->text(), "5") << text;
  }
  simple(*c, "DO 'BEGIN DEALLOCATE ALL; END'");
  std::vector<asked> all;
  for (int i = 0; i < 20; ++i) all.push_back(send(*c, request));
  wait_for(*all.back());
  for (const auto& one : all) EXPECT_EQ(one->text(), "5");
}

TEST_F(postgres_connection, RecoversFromAPlanThatItsTablesHaveOutgrown) {
  auto c = connect();
  simple(*c, "CREATE TEMP TABLE t AS SELECT 1 AS i");
  auto request = bound("SELECT * FROM t");
  EXPECT_EQ(ask(*c, request)->text(), "1");
  simple(*c, "ALTER TABLE t ADD COLUMN j int DEFAULT 2");
  EXPECT_EQ(ask(*c, request)->text(), "1,2");
  simple(*c, "ALTER TABLE t ADD COLUMN k int DEFAULT 3");
  simple(*c, "BEGIN");
  EXPECT_EQ(ask(*c, request)->text(), "0A000");  // a transaction cannot be repeated
  simple(*c, "ROLLBACK");
  EXPECT_EQ(ask(*c, request)->text(), "1,2,3");
}

TEST_F(postgres_connection, CarriesNoticesWithTheReply) {
  auto c = connect();
  auto done =
      ask(*c, kind::simple,
          "DO $$BEGIN RAISE NOTICE 'first'; RAISE WARNING 'second' USING HINT = 'h'; END$$");
  ASSERT_EQ(done->reply().notices.size(), 2u);
  result_view first{done->reply().notices[0]}, second{done->reply().notices[1]};
  EXPECT_EQ(first.error_text(), "NOTICE:  first\n");
  EXPECT_EQ(second.kind(), result_kind::error);
  EXPECT_EQ(second.error_field('M'), "second");
  EXPECT_EQ(second.error_field('H'), "h");
  EXPECT_EQ(second.error_field('C'), "01000");
  EXPECT_EQ(second.error_field('D'), "");
  EXPECT_TRUE(ask(*c, kind::simple, "SELECT 1")->reply().notices.empty());
}

TEST_F(postgres_connection, KeepsTheLatestOfManyNotices) {
  auto c = connect();
  auto done = ask(*c, kind::simple,
                  "DO $$BEGIN FOR i IN 1..10000 LOOP RAISE NOTICE '%', i; END LOOP; END$$");
  ASSERT_TRUE(done->succeeded());
  const auto& notices = done->reply().notices;
  EXPECT_GE(notices.size(), 1'000u);
  EXPECT_LE(notices.size(), 2'000u);
  EXPECT_EQ(result_view{notices.back()}.error_field('M'), "10000");
}

TEST_F(postgres_connection, RefusesWhatCannotBeSent) {
  auto c = connect();
  sql_request two = bound("SELECT 1");
  two.sets.resize(2);
  sql_request formats = bound("SELECT $1", {"x"});
  formats.sets[0].binary = {true, true};
  auto with_zero = std::string{"a\0b", 3};
  for (const auto& [request, text] : {std::pair{bound(with_zero), "zero byte"},
                                      {bound("SELECT $1", {with_zero}), "zero byte"},
                                      {two, "one set"},
                                      {formats, "formats"},
                                      {bound("COPY t FROM STDIN"), "COPY"},
                                      {bound("/* x */ copy (SELECT 1) TO STDOUT"), "COPY"}}) {
    auto o = ask(*c, request);
    EXPECT_EQ(o->code(), ec::bad_argument);
    EXPECT_THAT(o->reason(), HasSubstr(text));
  }
  auto many = bound("SELECT 1");
  many.sets[0].values.resize(70'000);
  EXPECT_THAT(ask(*c, many)->reason(), HasSubstr("65535"));
  for (auto what : {kind::next, kind::copy_data, kind::copy_end})
    EXPECT_EQ(ask(*c, what)->code(), ec::bad_argument);
  EXPECT_EQ(ask(*c, kind::drain)->text(), "");
  EXPECT_EQ(simple(*c, "SELECT 1"), "1");
}

TEST_F(postgres_connection, TakesNoMoreRequestsThanItsLimit) {
  auto c = connect({.conninfo = server().conninfo(), .max_pending = 10});
  std::vector<asked> all;
  for (int i = 0; i < 11; ++i) all.push_back(send(*c, bound("SELECT 1")));
  EXPECT_EQ(all.back()->code(), ec::overloaded);
  wait_for(*all[9]);
  EXPECT_EQ(all[9]->text(), "1");
  EXPECT_EQ(ask(*c, bound("SELECT 2"))->text(), "2");
}

TEST_F(postgres_connection, TellsOfStateThatStatementsLeaveBehind) {
  auto c = connect();
  simple(*c, "SELECT 1; BEGIN; SET LOCAL work_mem = '4MB'; COMMIT");
  ask(*c, bound("SELECT pg_advisory_xact_lock(1)"));
  EXPECT_FALSE(c->has_session_state());
  simple(*c, "SET work_mem = '4MB'");
  EXPECT_TRUE(c->has_session_state());
  simple(*c, "DISCARD ALL");
  EXPECT_FALSE(c->has_session_state());
  ask(*c, bound("SELECT pg_advisory_lock($1)", {"1"}));
  EXPECT_TRUE(c->has_session_state());
}

TEST_F(postgres_connection, DescribesItself) {
  auto c = connect({.conninfo = server().tcp_conninfo(), .application_name = "tester"});
  auto session = c->describe();
  EXPECT_EQ(std::to_string(session.backend_pid), simple(*c, "SELECT pg_backend_pid()"));
  EXPECT_EQ(session.server_version / 10'000, 15);
  EXPECT_EQ(session.protocol_version, 3);
  EXPECT_FALSE(session.uses_tls);
  EXPECT_FALSE(session.used_password);
  EXPECT_EQ(session.parameters["TimeZone"], "UTC");
  EXPECT_EQ(session.parameters["application_name"], "tester");
  EXPECT_EQ(session.connection["host"], "127.0.0.1");
  EXPECT_EQ(session.connection["port"], std::to_string(server().port()));
  EXPECT_EQ(session.connection["dbname"], "postgres");
  EXPECT_FALSE(session.connection.contains("tcp_user_timeout"));
  EXPECT_FALSE(session.connection.contains("hostaddr"));
  EXPECT_EQ(session.transaction, transaction_status::idle);
}

TEST_F(postgres_connection, TellsOfEncodingAndBackslashes) {
  auto c = connect();
  auto usual = ask(*c, kind::simple, "SELECT 1");
  EXPECT_EQ(usual->reply().client_encoding, 6);
  EXPECT_TRUE(usual->reply().standard_strings);
  auto changed = ask(*c, kind::simple,
                     "SET client_encoding = 'LATIN1'; SET standard_conforming_strings = off");
  EXPECT_EQ(changed->reply().client_encoding, 8);
  EXPECT_FALSE(changed->reply().standard_strings);
}

TEST_F(postgres_connection, AnAnswerMayAskCloseAndDestroy) {
  auto c = connect();
  int answers = 0;
  std::function<void(expected<sql_reply>)> next = [&](expected<sql_reply> r) {
    ASSERT_TRUE(r);
    if (++answers == 3) return c.reset();
    auto again = bound("SELECT 1");
    again.deadline = clock::now() + 20s;
    c->run(again, next);
  };
  next(sql_reply{});
  auto behind = send(*c, bound("SELECT 2"));
  ASSERT_TRUE(loop.run_until([&] { return c == nullptr; }));
  EXPECT_TRUE(behind->answered());
  loop.run_ready();
}

TEST_F(postgres_connection, ClosingAnswersEverythingThatWaits) {
  auto c = connect();
  std::vector<asked> all{send(*c, kind::simple, "SELECT pg_sleep(60)"), send(*c, bound("SELECT 1")),
                         send(*c, kind::listen)};
  c->close();
  for (const auto& one : all) EXPECT_EQ(one->code(), ec::shutting_down);
  EXPECT_FALSE(c->is_open());
  EXPECT_EQ(send(*c, bound("SELECT 1"))->code(), ec::shutting_down);
}

}  // namespace
}  // namespace puff::postgres
