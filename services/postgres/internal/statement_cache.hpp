#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "services/postgres/internal/statement_scan.hpp"

namespace puff::postgres::internal {

/// A statement that is, or will be, prepared under a name that nobody uses again.
struct statement {
  std::string text;
  std::vector<std::uint32_t> types;
  std::string name;
  statement_traits traits;
  bool prepared = false;   ///< asked of the server
  bool confirmed = false;  ///< which has agreed
  bool gone = false;       ///< not in the cache any more
  bool refused = false;    ///< by the server; it runs with literals
};

/// The statements prepared on one connection, by text and types of parameters; the one not used
/// for the longest time makes room for a new one.
class statement_cache {
 public:
  /// `capacity` 0: holds nothing.
  explicit statement_cache(std::size_t capacity);

  /// The statement, new if it is not held; none if there is no room, because `capacity` of those
  /// that made room have not been taken from `evicted` yet.
  std::shared_ptr<statement> find_or_add(std::string_view text,
                                         const std::vector<std::uint32_t>& types,
                                         backslashes in_quotes);
  /// It is not on the server (any more).
  void forget(const std::shared_ptr<statement>& which);
  /// It may be on the server, but is of no use.
  void discard(const std::shared_ptr<statement>& which);
  /// Nothing is on the server any more.
  void clear();

  /// Names that the server should forget.
  std::vector<std::string> take_evicted() noexcept;
  std::size_t evicted() const noexcept { return evicted_.size(); }
  std::size_t size() const noexcept { return order_.size(); }

 private:
  using order = std::list<std::shared_ptr<statement>>;
  using index = std::unordered_multimap<std::size_t, order::iterator>;

  index::iterator find(std::size_t hash, std::string_view text,
                       const std::vector<std::uint32_t>& types);
  void evict_oldest();
  void erase(index::iterator at);

  std::size_t capacity_;
  order order_;  // the latest used first
  index index_;
  std::vector<std::string> evicted_;
  const std::string prefix_;  // of names; no other cache has it
  std::uint64_t names_ = 0;
};

}  // namespace puff::postgres::internal
