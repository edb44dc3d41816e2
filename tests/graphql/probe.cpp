// Answers cases of tests/graphql/oracle.js: one JSON object per line.
//   graphql_probe          answers the cases of its standard input
//   graphql_probe FILE..   compares with the answers that the files hold; status 1 if one differs
#include <boost/json/src.hpp>
#include <fstream>
#include <iostream>
#include <map>
#include <string>

#include "services/graphql/language/parser.hpp"
#include "services/graphql/language/printer.hpp"
#include "services/graphql/schema/build_schema.hpp"
#include "services/graphql/schema/changes.hpp"
#include "services/graphql/schema/print_schema.hpp"
#include "services/graphql/validation/validate.hpp"

namespace json = boost::json;
using namespace puff::graphql;

namespace {

json::array as_json(const graphql_errors& errors) {
  json::array out;
  for (const auto& e : errors) {
    json::array places;
    for (auto place : e.locations) places.push_back({place.line, place.column});
    out.push_back({{"message", e.message}, {"at", places}});
  }
  return out;
}

json::object failed(const graphql_errors& errors) { return {{"errors", as_json(errors)}}; }

std::string text_of(const json::object& c, const char* key) {
  return std::string(c.at(key).as_string());
}

class probe {
 public:
  json::object answer(const json::object& c) {
    auto kind = text_of(c, "kind");
    if (kind == "print") return print_document(c);
    if (kind == "sdl") return answer_of(build_schema(text_of(c, "text")));
    if (kind == "extend") return extend(c);
    if (kind == "changes") return changes(c);
    return check(c);
  }

  void keep(const json::object& c) {
    auto made = build_schema(text_of(c, "text"));
    if (!made) throw std::runtime_error(made.errors().front().message);
    schemas_[text_of(c, "name")] = *made;
  }

 private:
  static json::object print_document(const json::object& c) {
    auto doc = parse(text_of(c, "text"));
    if (!doc) return failed(doc.errors());
    return {{"printed", print(**doc)}};
  }

  static json::object answer_of(const result<schema_ptr>& made) {
    if (!made) return failed(made.errors());
    return {{"printed", print_schema(**made)}};
  }

  json::object extend(const json::object& c) {
    auto doc = parse(text_of(c, "text"));
    if (!doc) return failed(doc.errors());
    return answer_of(extend_schema(*schemas_.at(text_of(c, "schema")), *doc));
  }

  json::object changes(const json::object& c) {
    auto after = build_schema(text_of(c, "text"));
    if (!after) return {{"unusable", true}};
    json::array out;
    auto found = find_changes(*schemas_.at(text_of(c, "before")), **after);
    for (auto weight : {severity::breaking, severity::dangerous})
      for (const auto& change : found)
        if (change.weight == weight)
          out.push_back({{"type", change.type}, {"description", change.description}});
    return {{"changes", out}};
  }

  json::object check(const json::object& c) {
    auto doc = parse(text_of(c, "text"));
    if (!doc) return failed(doc.errors());
    validation_options options;
    if (c.contains("hide")) options.did_you_mean = suggestions::hidden;
    if (c.contains("closed")) options.schema_questions = introspection::refused;
    return failed(validate(*schemas_.at(text_of(c, "schema")), **doc, options));
  }

  std::map<std::string, schema_ptr> schemas_;
};

struct tally {
  std::size_t same = 0, different = 0;
};

void compare(probe& p, const json::object& c, tally& t) {
  auto got = p.answer(c);
  if (got == c.at("expected").as_object()) {
    ++t.same;
    return;
  }
  if (++t.different > 20) return;
  std::cout << "DIFFERS " << json::serialize(c) << "\n  got " << json::serialize(got) << "\n";
}

template <class Each>
void each_case(std::istream& in, probe& p, Each each) {
  for (std::string line; std::getline(in, line);) {
    auto c = json::parse(line).as_object();
    if (text_of(c, "kind") == "schema")
      p.keep(c);
    else
      each(c);
  }
}

}  // namespace

int main(int argc, char** argv) {
  probe p;
  if (argc < 2) {
    each_case(std::cin, p,
              [&](const auto& c) { std::cout << json::serialize(p.answer(c)) << "\n"; });
    return 0;
  }
  tally t;
  for (int i = 1; i < argc; ++i) {
    std::ifstream in(argv[i]);
    each_case(in, p, [&](const auto& c) { compare(p, c, t); });
  }
  std::cout << t.same << " answers are equal, " << t.different << " differ\n";
  return t.different == 0 && t.same > 0 ? 0 : 1;
}
