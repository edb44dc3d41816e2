// libFuzzer: whatever the bytes, parsing and validating end in good time, print gives what parses
// to the same again, and no sanitizer complains. The first byte chooses what the rest is.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "services/graphql/language/parser.hpp"
#include "services/graphql/language/printer.hpp"
#include "services/graphql/schema/build_schema.hpp"
#include "services/graphql/schema/print_schema.hpp"
#include "services/graphql/validation/validate.hpp"

namespace {

using namespace puff::graphql;

const schema& small() {
  static const auto made = build_schema(
      "directive @d(a: Int! = 1, b: [I!]) repeatable on FIELD | QUERY | FRAGMENT_SPREAD "
      "interface N { id: ID! n: N } type A implements N { id: ID! n: A a(i: I, e: E): String u: U "
      "} "
      "type B implements N { id: ID! n: N a: Int } union U = A | B enum E { X Y } "
      "input I { x: Int! = 1 y: I e: E o: O } input O @oneOf { a: Int b: String } "
      "type Query { a(id: ID!): A u: U n: N } type Subscription { s: A }");
  return **made;
}

void check_printing(const document& doc) {
  auto text = print(doc);
  parse_options unlimited{0, 2000};
  auto again = parse(text, unlimited);
  if (!again || print(**again) != text) std::abort();
}

void check_schema(std::string text) {
  auto made = build_schema(std::move(text));
  if (!made) return;
  auto again = build_schema(print_schema(**made));
  if (!again || print_schema(**again) != print_schema(**made)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  if (data[0] % 4 == 0) {
    check_schema(std::move(text));
    return 0;
  }
  auto doc = parse(std::move(text));
  if (!doc) return 0;
  check_printing(**doc);
  validate(small(), **doc);
  return 0;
}
