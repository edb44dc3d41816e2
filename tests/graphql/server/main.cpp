#include <puff/puff.hpp>

#include "tests/graphql/server/schemas.hpp"

namespace {

/// Lets those in who say the word.
class word_of_honour final : public puff::graphql::authorizer {
 public:
  using context_ptr = std::shared_ptr<puff::graphql::request_context>;
  void authorize(const puff::header_block&, const std::optional<std::string>& token,
                 puff::graphql::reply<puff::expected<context_ptr>> done) override {
    if (token == "please") return done(context_ptr{});
    if (token == "break") return done(puff::make_error(puff::ec::internal, "a secret of ours"));
    if (token == "drop") return;
    done(puff::make_error(puff::ec::bad_request, "Say please."));
  }
};

}  // namespace

int main(int argc, char** argv) {
  puff::program program("graphql_server");
  puff::native_schema library, fixture, closed;
  library.name = "library";
  library.schema = library_schema();
  library.url = "/graphql";
  library.playground_url = "/playground";
  library.subscriptions_url = "/subscriptions";
  fixture.name = "fixture";
  fixture.schema = fixture_schema();
  fixture.url = "/fixture";
  fixture.subscriptions_url = "/fixture/socket";
  closed = fixture;
  closed.name = "closed";
  closed.url = "/closed";
  closed.subscriptions_url = "/closed/socket";
  closed.authorizer = std::make_shared<word_of_honour>();
  return program.schema(library).schema(fixture).schema(closed).run(argc, argv);
}
