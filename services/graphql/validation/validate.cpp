#include "services/graphql/validation/validate.hpp"

#include "services/graphql/validation/internal/executable_run.hpp"
#include "services/graphql/validation/internal/limits.hpp"

namespace puff::graphql {

graphql_errors validate(const schema& s, const document& doc, const validation_options& options) {
  internal::context c(s, doc, options);
  if (!internal::exceeds_limits(c)) internal::executable_run(c).run();
  return c.take();
}

}  // namespace puff::graphql
