#pragma once

#include <memory>
#include <string>

#include "services/postgres/pool.hpp"

namespace puff::postgres {

/// One connection of a pool and what it is doing.
struct pool::member {
  enum class place : std::uint8_t {
    connecting,
    idle,
    asked,
    leased,
    ending,
    shared,
    cleaning,
    gone
  };

  std::unique_ptr<connection> link;
  std::shared_ptr<const sql_session> opened;
  place where = place::connecting;
  bool own = false;           ///< of a lease's own conninfo
  bool asked = false;         ///< idle, and has just answered
  bool unfinished = false;    ///< a stream or COPY may not have been read to its end
  std::uint32_t listens = 0;  ///< requests that wait for a notification
  session_id id = 0;          ///< while leased
  std::string holder;
  clock::time_point since;  ///< leased or idle
  clock::time_point retires;
  std::uint32_t pending = 0;  ///< shared: statements without an answer
  std::uint32_t joined = 0;   ///< shared: statements since it is
  std::uint32_t clean_steps = 0;
  clock::time_point clean_by;
  deadline_wheel::ticket expiry;  ///< of being idle; to cancel again while it is cleaned

  bool usable() const noexcept { return link && link->is_open(); }
};

}  // namespace puff::postgres
