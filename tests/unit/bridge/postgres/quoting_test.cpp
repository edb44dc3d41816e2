#include "bridge/postgres/quoting.hpp"

#include <gtest/gtest.h>

#include "tests/support/dbapi_driver.hpp"

namespace puff::bridge::postgres {
namespace {

using tests::dbapi_driver;

/// The rules of placeholders and literals, with adapters that C++ stands in for.
class statements : public dbapi_driver {
 protected:
  static void SetUpTestSuite() {
    dbapi_driver::SetUpTestSuite();
    run("class Cursor: connection = None\n"
        "class Plain: pass\n"
        "adapters = {(t, 0): str for t in (str, int, bool, float, bytes, list, tuple,\n"
        "            decimal.Decimal, datetime.datetime, datetime.timedelta)}\n"
        "def quoted(value, connection): raise ZeroDivisionError(type(value).__name__)\n"
        "m.pg_use(ValueError, ValueError, RuntimeError, ValueError, adapters, dict(adapters),\n"
        "         quoted, Plain, print)\n"
        "def fill(sql, args, codec=None, standard=True):\n"
        "    return m.pg_mogrify(Cursor(), sql, args, codec, standard)");
  }
};

TEST_F(statements, HaveTheirPlaceholdersFilled) {
  EXPECT_EQ(repr("fill('%s %% %s', ('a', None))"), R"(b"'a' % NULL")");
  EXPECT_EQ(repr("fill('%(a)s%(b)s%(a)s', {'a': 1, 'b': -2})"), "b'1 -21'");
  EXPECT_EQ(repr("fill('100%', None)"), "b'100%'");
  EXPECT_EQ(repr("fill('%%', ())"), "b'%'");
}

TEST_F(statements, AreRefusedAsPsycopg2RefusesThem) {
  EXPECT_EQ(repr("fill('%s %(a)s', [1])"), "error: argument formats can't be mixed");
  EXPECT_EQ(repr("fill('%(a', {})"), "error: incomplete placeholder: '%(' without ')'");
  EXPECT_EQ(repr("fill('%s %s', [1])"), "error: list index out of range");
  EXPECT_EQ(repr("fill('%s', [1, 2])"),
            "error: not all arguments converted during string formatting");
  EXPECT_EQ(repr("fill('%d', [1])"), "error: unsupported format character 'd' (0x64) at index 1");
  EXPECT_EQ(repr("fill('', None)"), "error: can't execute an empty query");
  EXPECT_EQ(repr("fill(1, None)"),
            "error: argument 1 must be a string or unicode object: got int instead");
}

TEST_F(statements, QuoteTextSoThatItCannotLeave) {
  EXPECT_EQ(repr(R"(fill('%s', ["a'b\\"]))"), R"(b"'a''b\\'")");
  EXPECT_EQ(repr(R"(fill('%s', ["a'b\\"], None, False))"), R"(b"E'a''b\\\\'")");
  EXPECT_EQ(repr(R"(fill('%s', ["表'"], 'shift_jis', False))"), R"(b"E'\x95\\'''")");
  EXPECT_EQ(repr(R"(fill('%s', ["a\0b"]))"),
            "error: A string literal cannot contain NUL (0x00) characters.");
}

TEST_F(statements, WriteValuesOfEveryKind) {
  EXPECT_EQ(repr("fill('%s,%s,%s', (True, 2**70, -1.5))"), "b'true,1180591620717411303424, -1.5'");
  EXPECT_EQ(repr("fill('%s,%s', (float('nan'), decimal.Decimal('-Infinity')))"),
            R"(b"'NaN'::float,'NaN'::numeric")");
  EXPECT_EQ(repr(R"(fill('%s,%s', (b'', b'\x00a')))"), R"(b"''::bytea,'\\x0061'::bytea")");
  EXPECT_EQ(repr("fill('%s', (datetime.datetime(1, 2, 3),))"),
            R"(b"'0001-02-03T00:00:00'::timestamp")");
  EXPECT_EQ(repr("fill('%s', (datetime.timedelta(-1, 2, 3),))"),
            R"(b"'-1 days 2.000003 seconds'::interval")");
  EXPECT_EQ(repr("fill('%s%s', ([1, [2]], (3, 4)))"), "b'ARRAY[1,ARRAY[2]](3, 4)'");
  EXPECT_EQ(repr("fill('%s%s%s', ([], [None, [None]], [[]]))"),
            R"(b"'{}''{NULL,{NULL}}'ARRAY[ARRAY[]]")");
}

TEST_F(statements, AskAdaptersOfOnesOwn) {
  EXPECT_EQ(repr("fill('%s', [{}])"), "error: dict");
  run("adapters[(int, 0)] = repr");
  EXPECT_EQ(repr("fill('%s', [1])"), "error: int");
  run("adapters[(int, 0)] = str");
  EXPECT_EQ(repr("fill('%s', [1])"), "b'1'");
}

}  // namespace
}  // namespace puff::bridge::postgres
