#pragma once

#include <libpq-fe.h>

#include <cstring>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "services/graphql/execute/sql_executor.hpp"

namespace puff::graphql {

/// A result as libpq makes it, in text format; none is NULL.
struct sql_table {
  struct column {
    std::string name;
    std::uint32_t type;  ///< OID
  };
  std::vector<column> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;

  std::shared_ptr<const pg_result> make() const {
    auto* made = PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK);
    std::vector<PGresAttDesc> described(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
      described[i] = {};
      described[i].name = const_cast<char*>(columns[i].name.c_str());
      described[i].typid = columns[i].type;
    }
    PQsetResultAttrs(made, static_cast<int>(described.size()), described.data());
    for (std::size_t r = 0; r < rows.size(); ++r)
      for (std::size_t c = 0; c < rows[r].size(); ++c) {
        auto cell = rows[r][c];
        PQsetvalue(made, static_cast<int>(r), static_cast<int>(c), cell ? cell->data() : nullptr,
                   cell ? static_cast<int>(cell->size()) : -1);
      }
    return {made, [](const pg_result* p) { PQclear(const_cast<pg_result*>(p)); }};
  }
};

/// Answers statements with tables given beforehand and writes down what happens.
class scripted_sql final : public sql_executor {
 public:
  void run(sql_statement statement, reply<sql_answer> done) override {
    log.push_back(statement.text);
    asked.push_back(std::move(statement));
    if (hold) return held.push_back(std::move(done));
    answer(std::move(done));
  }
  void begin(reply<error> done) override { step("BEGIN", std::move(done)); }
  void commit(reply<error> done) override { step("COMMIT", std::move(done)); }
  void rollback(reply<error> done) override { step("ROLLBACK", std::move(done)); }

  void answer(reply<sql_answer> done) {
    if (tables.empty()) return done(make_error(ec::connection_lost, "no table left"));
    auto made = tables.front().make();
    tables.pop_front();
    done(std::move(made));
  }

  std::deque<sql_table> tables;
  std::vector<sql_statement> asked;
  std::vector<std::string> log;
  bool hold = false;
  std::vector<reply<sql_answer>> held;
  std::string failing_step;

 private:
  void step(const std::string& what, reply<error> done) {
    log.push_back(what);
    done(what == failing_step ? make_error(ec::server_error, what + " failed") : error{});
  }
};

}  // namespace puff::graphql
