#include "schemas/graphql.hpp"

#include <atomic>

namespace puff {

graphql_ticket next_graphql_ticket() noexcept {
  static std::atomic<graphql_ticket> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace puff
