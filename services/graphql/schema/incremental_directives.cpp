#include "services/graphql/schema/incremental_directives.hpp"

#include "services/graphql/language/parser.hpp"
#include "services/graphql/schema/build_schema.hpp"

namespace puff::graphql {
namespace {

constexpr std::string_view defer = R"(
"Delivers the fragment after the rest of the response."
directive @defer(
  "Deferred if true."
  if: Boolean! = true
  "A name for what is delivered, unique in the document."
  label: String
) on FRAGMENT_SPREAD | INLINE_FRAGMENT
)";

constexpr std::string_view stream = R"(
"Delivers items of the list after the rest of the response."
directive @stream(
  "So many items come with the rest."
  initialCount: Int! = 0
  "Streamed if true."
  if: Boolean! = true
  "A name for what is delivered, unique in the document."
  label: String
) on FIELD
)";

}  // namespace

result<schema_ptr> with_incremental_directives(const schema_ptr& base) {
  std::string missing;
  if (base->find_directive("defer") == nullptr) missing += defer;
  if (base->find_directive("stream") == nullptr) missing += stream;
  if (missing.empty()) return base;
  auto parsed = parse(std::move(missing));
  if (!parsed) return std::move(parsed).errors();
  return extend_schema(*base, *parsed);
}

}  // namespace puff::graphql
