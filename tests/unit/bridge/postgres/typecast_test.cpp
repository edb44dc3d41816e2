#include "bridge/postgres/typecast.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/dbapi_driver.hpp"

namespace puff::bridge::postgres {
namespace {

using tests::dbapi_driver;

using typecasts = dbapi_driver;

TEST_F(typecasts, MakeNumbers) {
  EXPECT_EQ(repr("cast('INTEGER', '-9223372036854775808')"), "-9223372036854775808");
  EXPECT_EQ(repr("cast('FLOAT', 'Infinity')"), "inf");
  EXPECT_EQ(repr("cast('FLOAT', '1e-320')"), "1e-320");
  EXPECT_EQ(repr("cast('DECIMAL', '1.50')"), "Decimal('1.50')");
  EXPECT_EQ(repr("cast('INTEGER', '1' * 24)"), "error: int64 representation too long");
  EXPECT_EQ(repr("cast('BOOLEAN', 'maybe')"), "error: can't parse boolean: 'maybe'");
}

TEST_F(typecasts, MakeMemoryOfBothFormsOfBytes) {
  EXPECT_EQ(repr("bytes(cast('BINARY', r'\\x00fF61'))"), R"(b'\x00\xffa')");
  EXPECT_EQ(repr(R"(bytes(cast('BINARY', r'a\\b\001')))"), R"(b'a\\b\x01')");
  EXPECT_EQ(repr("cast('BINARY', r'\\x61').format"), "'c'");
}

TEST_F(typecasts, MakeListsOfArrays) {
  EXPECT_EQ(repr("cast('INTEGERARRAY', '{{1,NULL},{3,4}}')"), "[[1, None], [3, 4]]");
  EXPECT_EQ(repr(R"(cast('STRINGARRAY', r'[0:2]={"a,\"}",null,"NULL"}'))"),
            R"(['a,"}', None, 'NULL'])");
  EXPECT_EQ(repr("cast('STRINGARRAY', '{}')"), "[]");
}

TEST_F(typecasts, RefuseArraysThatEndEarly) {
  for (const auto* text : {"", "1", "{", "{1", "{{1}", "{\"a", "{\"a\\", "{1}}"})
    EXPECT_EQ(repr("cast('INTEGERARRAY', r'''" + std::string{text} + "''')").substr(0, 6), "error:")
        << text;
}

TEST_F(typecasts, AreEqualToTheirTypes) {
  EXPECT_EQ(repr("m.pg_typecasts['NUMBER'] == 23, m.pg_typecasts['NUMBER'] == 25"),
            "(True, False)");
  EXPECT_EQ(repr("m.pg_typecasts['NUMBER'] == m.pg_typecasts['FLOAT']"), "True");
}

TEST_F(typecasts, OfArraysPassNullsToTheirItems) {
  run("upper = m.pg_new_type((1,), 'UPPER', lambda text, cursor: text and text.upper())\n"
      "uppers = m.pg_new_array_type((2,), 'UPPERS', upper)");
  EXPECT_EQ(repr("uppers('{a,NULL,b}', None), uppers.values"), "(['A', None, 'B'], (2,))");
}

}  // namespace
}  // namespace puff::bridge::postgres
