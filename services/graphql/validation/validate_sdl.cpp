#include "services/graphql/validation/validate_sdl.hpp"

namespace puff::graphql {

graphql_errors validate_sdl(const document&, const schema*) { return {}; }

}  // namespace puff::graphql
