#pragma once

#include "services/postgres/pool.hpp"
#include "tests/unit/services/postgres/engine_fixture.hpp"

namespace puff::postgres {

/// A wish for a session and what became of it.
struct leasing {
  std::optional<expected<sql_lent>> told;

  bool answered() const { return told.has_value(); }
  bool lent() const { return told && *told; }
  session_id id() const { return lent() ? (*told)->id : 0; }
  int backend() const { return lent() ? (*told)->opened->backend_pid : 0; }
  ec code() const { return !told || *told ? ec::none : code_of(told->error()); }
  std::string reason() const { return !told || *told ? "" : context_of(told->error()); }
};

class pool_fixture : public engine_fixture {
 protected:
  pool_options up_to(std::uint32_t size) {
    pool_options o;
    o.connection.conninfo = server().conninfo();
    o.max_size = size;
    return o;
  }

  std::shared_ptr<leasing> wish(pool& from, std::string holder = "somebody",
                                std::chrono::milliseconds in = 20s) {
    auto result = std::make_shared<leasing>();
    sql_lease wanted;
    wanted.holder = std::move(holder);
    wanted.deadline = clock::now() + in;
    from.lease(std::move(wanted), [result](expected<sql_lent> lent) { result->told = lent; });
    return result;
  }
  /// A session; the test fails if there is none.
  std::shared_ptr<leasing> lease(pool& from, std::string holder = "somebody") {
    auto result = wish(from, std::move(holder));
    EXPECT_TRUE(loop.run_until([&] { return result->answered(); }));
    EXPECT_TRUE(result->lent()) << result->reason();
    return result;
  }

  asked start(pool& with, session_id id, sql_request request, std::chrono::milliseconds in = 20s) {
    auto result = std::make_shared<outcome>();
    request.session = id;
    request.deadline = clock::now() + in;
    with.run(std::move(request),
             [result](expected<sql_reply> r) { result->all.push_back(std::move(r)); });
    return result;
  }
  asked start(pool& with, session_id id, std::string text, std::chrono::milliseconds in = 20s) {
    sql_request request;
    request.text = std::move(text);
    return start(with, id, std::move(request), in);
  }
  template <class What>
  std::string run(pool& with, session_id id, What what) {
    auto o = start(with, id, std::move(what));
    wait_for(*o);
    return o->text();
  }

  bool comes_true(const std::function<bool()>& what) { return loop.run_until(what); }
  /// What psql would say, on a connection that is not the pool's.
  std::string besides(std::string text) {
    auto other = connect();
    return simple(*other, std::move(text));
  }
};

}  // namespace puff::postgres
