// Executes the cases of oracle.js, merges the payloads as a client does, and compares with what
// graphql-js gave: data and errors. Also that each payload keeps to the protocol.
//   graphql_incremental_probe FILE..   status 1 if a response differs
#include <algorithm>
#include <boost/json/src.hpp>
#include <fstream>
#include <iostream>
#include <map>
#include <regex>
#include <stdexcept>
#include <string>

#include "services/graphql/validation/validate.hpp"
#include "tests/graphql/execution/oracle_world.hpp"

namespace bj = boost::json;
using namespace puff::graphql;

namespace {

/// What a client makes of payloads.
class client {
 public:
  void take(std::string_view body, bool has_next) {
    const auto payload = bj::parse(body).as_object();
    if (!payload.contains("hasNext") ? has_next : payload.at("hasNext").as_bool() != has_next)
      throw std::runtime_error{"hasNext is wrong"};
    if (payload.contains("data")) data_ = payload.at("data");
    add_errors(payload);
    for (const auto& one : list(payload, "pending")) open(one.as_object());
    for (const auto& one : list(payload, "incremental")) merge(one.as_object());
    for (const auto& one : list(payload, "completed")) close(one.as_object());
    if (!has_next && !pending_.empty()) throw std::runtime_error{"not all is completed"};
  }
  bj::object result() const { return {{"data", data_}, {"errors", errors_}}; }

 private:
  static bj::array list(const bj::object& in, std::string_view name) {
    return in.contains(name) ? in.at(name).as_array() : bj::array{};
  }
  void add_errors(const bj::object& from) {
    for (const auto& e : list(from, "errors")) errors_.push_back(e);
  }
  void open(const bj::object& one) {
    if (!pending_.emplace(one.at("id").as_string(), one.at("path").as_array()).second)
      throw std::runtime_error{"announced twice"};
  }
  void close(const bj::object& one) {
    add_errors(one);
    if (pending_.erase(std::string{one.at("id").as_string()}) == 0)
      throw std::runtime_error{"completed twice"};
  }
  void merge(const bj::object& one) {
    auto path = pending_.at(std::string{one.at("id").as_string()});
    for (const auto& step : list(one, "subPath")) path.push_back(step);
    auto* place = &data_;
    for (const auto& step : path)
      place = step.is_string() ? &place->as_object().at(step.as_string())
                               : &place->as_array().at(static_cast<std::size_t>(step.as_int64()));
    if (one.contains("data")) into(*place, one.at("data"));
    for (const auto& item : list(one, "items")) place->as_array().push_back(item);
    add_errors(one);
  }
  static void into(bj::value& target, const bj::value& more) {
    if (target.is_object() && more.is_object()) {
      for (const auto& [key, v] : more.as_object())
        if (auto* known = target.as_object().if_contains(key))
          into(*known, v);
        else
          target.as_object()[key] = v;
    } else {
      target = more;
    }
  }

  bj::value data_;
  bj::array errors_;
  std::map<std::string, bj::array> pending_;
};

/// With the errors in the order of their texts and their members in order.
std::string canonical(const bj::object& result) {
  std::vector<std::string> errors;
  for (const auto& e : result.at("errors").as_array()) {
    bj::object ordered;
    for (const auto* name : {"message", "locations", "path"})
      if (const auto* member = e.as_object().if_contains(name)) ordered[name] = *member;
    errors.push_back(bj::serialize(ordered));
  }
  std::ranges::sort(errors);
  std::string out;
  for (const auto& e : errors) out += "\n  " + e;
  return out;
}

bj::object run(graphql_world& world, const std::string& text, const std::string& variables) try {
  client reader;
  bool has_next = false;
  const auto running = world.start(
      text,
      [&](const response& r) {
        has_next = r.has_next;
        reader.take(r.body, r.has_next);
      },
      variables);
  while (has_next) running->go_on();
  return reader.result();
} catch (const std::exception& broken) {
  return {{"data", "(broken)"}, {"errors", {{{"message", broken.what()}}}}};
}

bool compare(graphql_world& world, const bj::object& one) {
  const std::string text{one.at("text").as_string()}, given{one.at("variables").as_string()};
  const auto got = run(world, text, given);
  const auto& wanted = one.at("expected").as_object();
  if (got.at("data") == wanted.at("data") && canonical(got) == canonical(wanted)) return true;
  std::cout << "DIFFERS " << text << "\n variables " << given << "\n wanted "
            << bj::serialize(wanted.at("data")) << canonical(wanted) << "\n got    "
            << bj::serialize(got.at("data")) << canonical(got) << "\n";
  return false;
}

bool is_ours(std::string_view message) {
  static const std::regex words{
      "@(defer|stream)[^ ]*\"? (can|must)|Defer|Stream|stream directives"};
  return std::regex_search(message.begin(), message.end(), words);
}

bool compare_refusal(const graphql_world& world, const bj::object& one) {
  const std::string text{one.at("text").as_string()};
  const auto doc = parse(text);
  bj::array got;
  validation_options options;
  options.max_errors = 1000;
  for (const auto& e : validate(*world.schema->types, **doc, options)) {
    if (!is_ours(e.message)) continue;
    bj::array places;
    for (const auto& p : e.locations) places.push_back({{"line", p.line}, {"column", p.column}});
    got.push_back({{"message", e.message}, {"locations", places}});
  }
  if (got == one.at("expected").as_array()) return true;
  std::cout << "DIFFERS " << text << "\n wanted " << bj::serialize(one.at("expected"))
            << "\n got    " << bj::serialize(got) << "\n";
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t same = 0, different = 0;
  for (int i = 1; i < argc; ++i) {
    std::ifstream in(argv[i]);
    std::unique_ptr<graphql_world> world;
    for (std::string line; std::getline(in, line);) {
      const auto one = bj::parse(line).as_object();
      if (one.at("kind").as_string() == "schema") {
        world = world_of(std::string{one.at("text").as_string()});
        world->with.incremental = incremental_format::by_id;
        continue;
      }
      const bool is_refusal = one.at("kind").as_string() == "refusal";
      const bool good = is_refusal ? compare_refusal(*world, one) : compare(*world, one);
      ++(good ? same : different);
    }
  }
  std::cout << same << " responses are equal, " << different << " differ\n";
  return different == 0 && same > 0 ? 0 : 1;
}
