// A GraphQL schema in C++ that takes files and delivers later what is deferred.
#include <fstream>
#include <puff/puff.hpp>

#include "services/graphql/execute/resolver.hpp"
#include "services/graphql/schema/build_schema.hpp"
#include "services/graphql/schema/incremental_directives.hpp"
#include "services/graphql/transport/uploaded_file.hpp"
#include "services/graphql/values/column_builder.hpp"

namespace {

using namespace puff::graphql;

/// Says how a file is called, how long it is, and its first word.
class first_word final : public field_resolver {
 public:
  void resolve(const field_call& call, reply<answer> done) override {
    const auto* file = call.context == nullptr
                           ? nullptr
                           : uploaded_to(call.context->uploads, call.arguments.front().second);
    if (file == nullptr) return done(failed{{"That is no file.", {}}});
    std::string word;
    std::ifstream{file->path()} >> word;
    const auto size = std::to_string(file->size());
    done(aligned{texts({file->name() + ", " + size + " bytes: " + word})});
  }
};

bound_schema_ptr made() {
  auto types = with_incremental_directives(
      *build_schema("scalar Upload type Query { word: String later: String } "
                    "type Mutation { first(file: Upload!): String }"));
  auto schema = std::make_shared<bound_schema>(*types);
  schema->bind("Query", "word", from_constant{"now"});
  schema->bind("Query", "later", from_constant{"then"});
  schema->bind("Mutation", "first", from_resolver{std::make_shared<first_word>(), {}});
  return schema;
}

}  // namespace

int main(int argc, char** argv) {
  puff::native_schema served;
  served.schema = made();
  served.url = "/graphql";
  served.uploads = served.incremental = true;
  return puff::program("schema").schema(std::move(served)).run(argc, argv);
}
