#include "bridge/postgres/builtin_types.hpp"

namespace puff::bridge::postgres {
namespace {

constexpr builtin_type table[] = {
    {"NUMBER", {20, 23, 21, 701, 700, 1700}, cast_float, nullptr},
    {"LONGINTEGER", {20}, cast_integer, nullptr},
    {"INTEGER", {23, 21}, cast_integer, nullptr},
    {"FLOAT", {701, 700}, cast_float, nullptr},
    {"DECIMAL", {1700}, cast_decimal, nullptr},
    {"UNICODE", {19, 18, 25, 1042, 1043}, cast_text, nullptr},
    {"BYTES", {19, 18, 25, 1042, 1043}, cast_bytes, nullptr},
    {"STRING", {19, 18, 25, 1042, 1043}, cast_text, nullptr},
    {"BOOLEAN", {16}, cast_boolean, nullptr},
    {"DATETIME", {1114}, cast_datetime, nullptr},
    {"DATETIMETZ", {1184}, cast_datetimetz, nullptr},
    {"TIME", {1083, 1266}, cast_time, nullptr},
    {"DATE", {1082}, cast_date, nullptr},
    {"INTERVAL", {704, 1186}, cast_interval, nullptr},
    {"BINARY", {17}, cast_binary, nullptr},
    {"ROWID", {26}, cast_integer, nullptr},
    {"LONGINTEGERARRAY", {1016}, nullptr, "LONGINTEGER"},
    {"INTEGERARRAY", {1005, 1006, 1007}, nullptr, "INTEGER"},
    {"FLOATARRAY", {1021, 1022}, nullptr, "FLOAT"},
    {"DECIMALARRAY", {1231}, nullptr, "DECIMAL"},
    {"UNICODEARRAY", {1002, 1003, 1009, 1014, 1015}, nullptr, "UNICODE"},
    {"BYTESARRAY", {1002, 1003, 1009, 1014, 1015}, nullptr, "BYTES"},
    {"STRINGARRAY", {1002, 1003, 1009, 1014, 1015}, nullptr, "STRING"},
    {"BOOLEANARRAY", {1000}, nullptr, "BOOLEAN"},
    {"DATETIMEARRAY", {1115}, nullptr, "DATETIME"},
    {"DATETIMETZARRAY", {1185}, nullptr, "DATETIMETZ"},
    {"TIMEARRAY", {1183, 1270}, nullptr, "TIME"},
    {"DATEARRAY", {1182}, nullptr, "DATE"},
    {"INTERVALARRAY", {1187}, nullptr, "INTERVAL"},
    {"BINARYARRAY", {1001}, nullptr, "BINARY"},
    {"ROWIDARRAY", {1028, 1013}, nullptr, "ROWID"},
    {"UNKNOWN", {705}, cast_text, nullptr},
    {"INETARRAY", {1041}, nullptr, "STRING"},
    {"CIDRARRAY", {651}, nullptr, "STRING"},
    {"MACADDRARRAY", {1040}, nullptr, "STRING"},
    {"DEFAULT", {}, cast_text, nullptr},
};

}  // namespace

std::span<const builtin_type> builtin_types() noexcept { return table; }

}  // namespace puff::bridge::postgres
