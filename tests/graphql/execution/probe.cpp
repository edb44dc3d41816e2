// Executes the cases of oracle.js with resolvers that give the same values, and compares with the
// responses that graphql-js gave: data in order, errors with messages, places and paths.
//   graphql_execution_probe FILE..   status 1 if a response differs
#include <fstream>
#include <iostream>
#include <string>

#include "tests/graphql/execution/oracle_world.hpp"

using namespace puff;
using namespace puff::graphql;

namespace {

/// With `errors` before `data`, as graphql-js writes it.
std::string as_oracle(const std::string& body) {
  const auto response = json(body);
  value_object out;
  for (const auto* name : {"errors", "data"})
    if (const auto* part = response.find(name)) out.emplace_back(name, *part);
  return to_json(value{std::move(out)});
}

struct tally {
  std::size_t same = 0, different = 0;
};

void compare(graphql_world& world, const value& one, tally& t) {
  const auto got = as_oracle(world.run(one.find("text")->text(), one.find("variables")->text()));
  const auto wanted = to_json(*one.find("expected"));
  if (got == wanted) {
    ++t.same;
    return;
  }
  if (++t.different > 10) return;
  std::cout << "DIFFERS " << one.find("text")->text() << "\n variables "
            << one.find("variables")->text() << "\n wanted " << wanted << "\n got    " << got
            << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  tally t;
  for (int i = 1; i < argc; ++i) {
    std::ifstream in(argv[i]);
    std::unique_ptr<graphql_world> world;
    for (std::string line; std::getline(in, line);) {
      const auto one = json(line);
      if (one.find("kind")->text() == "schema")
        world = world_of(one.find("text")->text());
      else
        compare(*world, one, t);
    }
  }
  std::cout << t.same << " responses are equal, " << t.different << " differ\n";
  return t.different == 0 && t.same > 0 ? 0 : 1;
}
