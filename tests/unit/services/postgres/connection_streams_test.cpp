#include "tests/unit/services/postgres/engine_fixture.hpp"

namespace puff::postgres {
namespace {

using testing::HasSubstr;

struct postgres_streams : engine_fixture {
  asked stream(connection& c, std::string text, std::uint32_t rows_per_piece) {
    sql_request request;
    request.what = kind::stream;
    request.text = std::move(text);
    request.rows_per_piece = rows_per_piece;
    return ask(c, std::move(request));
  }
  asked next(connection& c, std::uint32_t rows_per_piece) {
    sql_request request;
    request.what = kind::next;
    request.rows_per_piece = rows_per_piece;
    return ask(c, std::move(request));
  }
};

TEST_F(postgres_streams, GiveRowsInPiecesAndTheTagWithTheLast) {
  auto c = connect();
  auto piece = stream(*c, "SELECT i, NULL FROM generate_series(1, 5) i", 2);
  EXPECT_EQ(piece->text(), "1,(null) 2,(null)");
  EXPECT_TRUE(piece->more());
  EXPECT_FALSE(c->is_idle());
  EXPECT_EQ(result_view{piece->reply().results[0]}.command_tag(), "");
  EXPECT_EQ(next(*c, 2)->text(), "3,(null) 4,(null)");
  auto last = next(*c, 2);
  EXPECT_EQ(last->text(), "5,(null)");
  EXPECT_FALSE(last->more());
  result_view view{last->reply().results[0]};
  EXPECT_EQ(view.command_tag(), "SELECT 5");
  EXPECT_EQ(view.column_name(0), "i");
  EXPECT_TRUE(c->is_idle());
  EXPECT_EQ(next(*c, 2)->code(), ec::bad_argument);
}

TEST_F(postgres_streams, EndAtOnceWhenOnePieceHoldsAll) {
  auto c = connect();
  for (int rows : {0, 1, 9}) {
    auto all = stream(*c, "SELECT 1 FROM generate_series(1, " + std::to_string(rows) + ")", 10);
    EXPECT_FALSE(all->more());
    ASSERT_EQ(all->reply().results.size(), 1u);
    EXPECT_EQ(result_view{all->reply().results[0]}.rows(), rows);
  }
}

TEST_F(postgres_streams, GoOverSeveralStatementsAndEndWithAnError) {
  auto c = connect();
  auto first =
      stream(*c, "SELECT 1; SELECT 10 / (3 - i) FROM generate_series(1, 9) i; SELECT 2", 2);
  EXPECT_EQ(first->text(), "1|5 10");
  auto rest = next(*c, 2);
  EXPECT_EQ(rest->text(), "22012");
  EXPECT_FALSE(rest->more());
  EXPECT_EQ(simple(*c, "SELECT 3"), "3");
}

TEST_F(postgres_streams, LeaveRowsWithTheServerWhileNobodyAsks) {
  auto c = connect();
  auto other = connect();
  auto pid = simple(*c, "SELECT pg_backend_pid()");
  auto piece = stream(*c, "SELECT repeat('x', 1000) FROM generate_series(1, 200000)", 10);
  EXPECT_TRUE(piece->more());
  auto what = "SELECT wait_event FROM pg_stat_activity WHERE pid = " + pid;
  EXPECT_TRUE(says(*other, what, "ClientWrite"));
  loop.run_ready();
  EXPECT_EQ(simple(*other, what), "ClientWrite");
  std::size_t rows = 10;
  while (piece->more()) {
    piece = next(*c, 5'000);
    rows += static_cast<std::size_t>(result_view{piece->reply().results[0]}.rows());
  }
  EXPECT_EQ(rows, 200'000u);
}

TEST_F(postgres_streams, PiecesAreBoundedInBytesToo) {
  auto c = connect({.conninfo = server().conninfo(), .max_buffered_bytes = 100'000});
  auto piece = stream(*c, "SELECT repeat('x', 30000) FROM generate_series(1, 10)", 1'000);
  EXPECT_EQ(result_view{piece->reply().results[0]}.rows(), 4);
  EXPECT_TRUE(piece->more());
}

TEST_F(postgres_streams, RefuseOtherRequestsMeanwhile) {
  auto c = connect();
  stream(*c, "SELECT i FROM generate_series(1, 5) i", 2);
  for (auto what : {kind::simple, kind::bound, kind::copy_data, kind::stream}) {
    auto request = bound("SELECT 1");
    request.what = what;
    auto refused = ask(*c, request);
    EXPECT_EQ(refused->code(), ec::bad_argument);
    EXPECT_THAT(refused->reason(), HasSubstr("stream is open"));
  }
  EXPECT_TRUE(ask(*c, kind::poll)->more());
  EXPECT_EQ(next(*c, 10)->text(), "3 4 5");
}

TEST_F(postgres_streams, AreDrainedWhateverIsLeft) {
  auto c = connect();
  simple(*c, "BEGIN; CREATE TEMP TABLE t (i int)");
  auto piece =
      stream(*c, "INSERT INTO t SELECT i FROM generate_series(1, 100000) i RETURNING i", 10);
  EXPECT_TRUE(piece->more());
  auto drained = ask(*c, kind::drain);
  EXPECT_EQ(drained->text(), "");
  EXPECT_FALSE(drained->more());
  EXPECT_EQ(drained->reply().transaction, transaction_status::open);
  EXPECT_EQ(simple(*c, "SELECT count(*) FROM t"), "100000");
}

TEST_F(postgres_streams, AreCancelledByTheirHolder) {
  auto c = connect();
  auto piece = stream(*c, "SELECT generate_series(1, 100000000)", 10);
  c->cancel();
  while (piece->more()) piece = next(*c, 100'000);
  EXPECT_THAT(piece->text(), HasSubstr("57014"));
  EXPECT_EQ(simple(*c, "SELECT 1"), "1");
}

struct postgres_copies : postgres_streams {
  /// All data of a COPY TO that `first` began.
  std::string read_all(connection& c, asked first) {
    std::string data;
    while (first->more()) {
      first = ask(c, kind::next);
      if (first->succeeded()) data += first->reply().data;
    }
    last = first;
    return data;
  }
  asked last;
};

TEST_F(postgres_copies, GiveDataInWholeRows) {
  auto c = connect();
  auto begun = ask(*c, kind::simple, "COPY (SELECT generate_series(1, 3)) TO STDOUT");
  EXPECT_EQ(begun->text(), "copy out");
  EXPECT_TRUE(begun->more());
  EXPECT_EQ(read_all(*c, begun), "1\n2\n3\n");
  EXPECT_EQ(last->text(), "COPY 3");
  EXPECT_TRUE(c->is_idle());
}

TEST_F(postgres_copies, GiveLargeDataInBoundedPieces) {
  auto c = connect();
  auto begun = ask(*c, kind::simple,
                   "COPY (SELECT repeat('x', 999) FROM generate_series(1, 20000)) TO STDOUT");
  std::size_t sum = 0, largest = 0;
  auto piece = begun;
  while (piece->more()) {
    piece = ask(*c, kind::next);
    ASSERT_TRUE(piece->succeeded());
    const auto& data = piece->reply().data;
    if (!data.empty()) {
      EXPECT_EQ(data.back(), '\n');
    }
    sum += data.size();
    largest = std::max(largest, data.size());
  }
  EXPECT_EQ(sum, 20'000'000u);
  EXPECT_LE(largest, 300u << 10);
}

TEST_F(postgres_copies, TakeData) {
  auto c = connect();
  simple(*c, "CREATE TEMP TABLE t (i int, s text)");
  auto begun = ask(*c, kind::simple, "COPY t FROM STDIN");
  EXPECT_EQ(begun->text(), "copy in");
  EXPECT_TRUE(begun->more());
  EXPECT_TRUE(ask(*c, kind::copy_data, "1\ta\n2")->more());
  EXPECT_TRUE(ask(*c, kind::copy_data, "\tb\n")->more());
  auto ended = ask(*c, kind::copy_end);
  EXPECT_EQ(ended->text(), "COPY 2");
  EXPECT_FALSE(ended->more());
  EXPECT_EQ(simple(*c, "SELECT * FROM t"), "1,a 2,b");
}

TEST_F(postgres_copies, TakeLargeDataAtTheServersPace) {
  auto c = connect();
  simple(*c, "CREATE TEMP TABLE t (s text)");
  std::string data;
  for (int i = 0; i < 200'000; ++i) data += std::string(99, 'x') + "\n";
  for (int round = 0; round < 5; ++round) {
    ask(*c, kind::simple, "COPY t FROM STDIN");
    ASSERT_TRUE(ask(*c, kind::copy_data, data)->more());
    EXPECT_EQ(ask(*c, kind::copy_end)->text(), "COPY 200000");
  }
}

TEST_F(postgres_copies, TellOfBadDataAtTheirEnd) {
  auto c = connect();
  simple(*c, "CREATE TEMP TABLE t (i int)");
  ask(*c, kind::simple, "COPY t FROM STDIN");
  ask(*c, kind::copy_data, "x\n");
  EXPECT_EQ(ask(*c, kind::copy_end)->text(), "22P02");
  EXPECT_EQ(simple(*c, "SELECT count(*) FROM t"), "0");
}

TEST_F(postgres_copies, FailOnRequestAndByDraining) {
  auto c = connect();
  simple(*c, "CREATE TEMP TABLE t (i int)");
  ask(*c, kind::simple, "COPY t FROM STDIN");
  ask(*c, kind::copy_data, "1\n");
  EXPECT_EQ(ask(*c, kind::copy_end, "no more wanted")->text(), "57014");
  ask(*c, kind::simple, "COPY t FROM STDIN");
  EXPECT_EQ(ask(*c, bound("SELECT 1"))->code(), ec::bad_argument);
  EXPECT_FALSE(ask(*c, kind::drain)->more());
  ask(*c, kind::simple, "COPY (SELECT generate_series(1, 1000000)) TO STDOUT");
  EXPECT_FALSE(ask(*c, kind::drain)->more());
  EXPECT_EQ(simple(*c, "SELECT count(*) FROM t"), "0");
}

TEST_F(postgres_copies, StandAmongOtherStatements) {
  auto c = connect();
  auto begun = ask(*c, kind::simple, "SELECT 1; COPY (SELECT 2) TO STDOUT; SELECT 3");
  EXPECT_EQ(begun->text(), "1|copy out");
  EXPECT_EQ(read_all(*c, begun), "2\n");
  EXPECT_EQ(last->text(), "COPY 1|3");
}

struct postgres_notifications : engine_fixture {};

TEST_F(postgres_notifications, ComeWithReplies) {
  auto c = connect();
  auto done = ask(*c, kind::simple, "LISTEN news; NOTIFY news, 'hello'");
  ASSERT_EQ(done->reply().notifications.size(), 1u);
  EXPECT_EQ(done->reply().notifications[0].channel, "news");
  EXPECT_EQ(done->reply().notifications[0].payload, "hello");
  EXPECT_EQ(done->reply().notifications[0].backend_pid, c->describe().backend_pid);
}

TEST_F(postgres_notifications, AreKeptForTheNextReply) {
  auto c = connect();
  auto other = connect();
  simple(*c, "LISTEN kept");
  simple(*other, "NOTIFY kept, 'a'");
  simple(*other, "NOTIFY kept, 'b'");
  auto polled = ask(*c, kind::poll);
  while (polled->reply().notifications.empty()) polled = ask(*c, kind::poll);
  EXPECT_EQ(polled->reply().notifications[0].payload, "a");
}

TEST_F(postgres_notifications, EndAListenWhileOtherRequestsRun) {
  auto c = connect();
  auto other = connect();
  simple(*c, "LISTEN waited");
  auto listening = send(*c, kind::listen);
  EXPECT_EQ(simple(*c, "SELECT 1"), "1");
  EXPECT_FALSE(listening->answered());
  simple(*other, "NOTIFY waited, 'x'");
  wait_for(*listening);
  ASSERT_EQ(listening->reply().notifications.size(), 1u);
  EXPECT_EQ(listening->reply().notifications[0].payload, "x");
  EXPECT_TRUE(c->is_idle());
}

TEST_F(postgres_notifications, AreToldWhenNothingRuns) {
  auto c = connect();
  auto other = connect();
  std::vector<std::string> told;
  c->on_notification([&](sql_notification n) { told.push_back(n.payload); });
  simple(*c, "LISTEN told");
  simple(*other, "NOTIFY told, 'x'");
  EXPECT_TRUE(loop.run_until([&] { return told.size() == 1; }));
  EXPECT_EQ(told[0], "x");
}

TEST_F(postgres_notifications, ThatNobodyTakesStayWithTheServer) {
  auto c = connect();
  auto other = connect();
  simple(*c, "LISTEN many");
  for (int i = 0; i < 30; ++i)
    simple(
        *other,
        "SELECT count(pg_notify('many', i || repeat('x', 1000))) FROM generate_series(1, 1000) i");
  std::size_t sum = 0;
  while (sum < 30'000) {
    auto polled = ask(*c, kind::poll);
    ASSERT_TRUE(polled->succeeded());
    ASSERT_LE(polled->reply().notifications.size(), 11'000u);
    sum += polled->reply().notifications.size();
  }
  EXPECT_EQ(sum, 30'000u);
}

TEST_F(postgres_notifications, AListenEndsAtItsDeadlineOrWhenCancelled) {
  auto c = connect();
  simple(*c, "LISTEN nothing");
  EXPECT_EQ(ask(*c, kind::listen, "", 20ms)->code(), ec::timed_out);
  auto listening = send(*c, kind::listen);
  c->cancel();
  EXPECT_EQ(listening->code(), ec::cancelled);
  EXPECT_EQ(simple(*c, "SELECT 1"), "1");
}

}  // namespace
}  // namespace puff::postgres
