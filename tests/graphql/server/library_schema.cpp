#include <cstdlib>
#include <iostream>

#include "services/graphql/schema/build_schema.hpp"
#include "tests/graphql/server/schemas.hpp"

using namespace puff::graphql;

namespace {

constexpr auto text = R"(
  scalar DateTime
  scalar Decimal
  type Query {
    hello: String!
    row(id: Int!): Row
    rows(limit: Int!): [Row!]!
    authors: [Author!]!
    sleep(seconds: Float!): Row
    missing: Row
  }
  type Row { id: Int! name: String! }
  type Author { id: Int! name: String! rating: Decimal! createdAt: DateTime! posts: [Post!]! }
  type Post { id: Int! title: String! createdAt: DateTime! comments: [Comment!]! }
  type Comment { id: Int! body: String! }
  type Mutation {
    addMut(body: String!): Mut!
    addAndFail(body: String!): Fragile!
  }
  type Mut { id: Int! }
  type Fragile { id: Int! missing: Int! }
)";

using parameter = sql_parameter;

parameter argument(std::string name, std::uint32_t type = 0) {
  return {parameter::kind::argument, std::move(name), {}, type};
}
parameter parent_key(std::string name) { return {parameter::kind::parent_key, std::move(name)}; }

from_sql sql(std::string statement, std::vector<parameter> parameters = {},
             std::vector<std::string> parent_keys = {}, std::vector<std::string> child_keys = {}) {
  return {std::make_shared<const sql_field>(sql_field{
      std::move(statement), std::move(parameters), std::move(parent_keys), std::move(child_keys)})};
}

}  // namespace

bound_schema_ptr library_schema() {
  auto types = build_schema(text);
  if (!types) {
    std::cerr << types.errors().front().message << '\n';
    std::exit(2);
  }
  auto s = std::make_shared<bound_schema>(*types);
  s->bind("Query", "hello", from_constant{"hello"});
  s->bind("Query", "row", sql("select id, name from rows1024 where id = $1", {argument("id", 23)}));
  s->bind("Query", "rows",
          sql("select id, name from rows1024 order by id limit $1", {argument("limit", 23)}));
  s->bind("Query", "authors", sql("select id, name, rating, created_at from authors order by id"));
  s->bind("Author", "posts",
          sql("select id, author_id, title, created_at from posts where author_id = any($1) "
              "order by id",
              {parent_key("id")}, {"id"}, {"author_id"}));
  s->bind("Post", "comments",
          sql("select id, post_id, body from comments where post_id = any($1) order by id",
              {parent_key("id")}, {"id"}, {"post_id"}));
  s->bind("Author", "createdAt", from_column{"created_at"});
  s->bind("Post", "createdAt", from_column{"created_at"});
  s->bind("Query", "sleep",
          sql("select 1 as id, 'slept' as name from pg_sleep($1)", {argument("seconds", 701)}));
  s->bind("Query", "missing", sql("select * from no_such_table"));
  const auto insert = sql("insert into mut(body) values ($1) returning id", {argument("body", 25)});
  s->bind("Mutation", "addMut", insert);
  s->bind("Mutation", "addAndFail", insert);
  return s;
}
