#include "services/http/cors.hpp"

#include <algorithm>

namespace puff::http {
namespace {

constexpr std::string_view origin_answer = "Access-Control-Allow-Origin";

std::string listed_text(const std::vector<std::string>& all) {
  std::string out;
  for (const auto& one : all) out.append(out.empty() ? "" : ", ").append(one);
  return out;
}

/// What of `wish` is allowed: the wish itself where anything is, for no "*" covers Authorization.
void add_allowance(header_block& to, std::string_view name, const cors_policy::allowance& what,
                   std::string_view wish) {
  if (what.any && !wish.empty()) to.add(name, wish);
  if (!what.any && !what.listed.empty()) to.add(name, listed_text(what.listed));
}

}  // namespace

bool cors_policy::allowance::has(std::string_view what) const noexcept {
  return any || std::any_of(listed.begin(), listed.end(),
                            [&](const auto& one) { return equal_ignoring_case(one, what); });
}

bool cors_policy::allows(std::string_view origin) const noexcept {
  return !origin.empty() && origins.has(origin);
}

void cors_policy::add_to(header_block& answer, std::string_view origin) const {
  if (answer.contains(origin_answer)) return;
  if (!answers_all_alike()) answer.add("Vary", "Origin");
  if (!allows(origin)) return;
  answer.add(origin_answer, answers_all_alike() ? "*" : origin);
  if (credentials) answer.add("Access-Control-Allow-Credentials", "true");
  if (exposes_headers && !credentials) answer.add("Access-Control-Expose-Headers", "*");
}

response cors_policy::preflight(const request& asked) const {
  response out;
  out.head.status = 204;
  auto& fields = out.head.headers;
  const auto origin = asked.headers.get("origin");
  add_to(fields, origin);
  fields.add("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers");
  if (!allows(origin)) return out;
  add_allowance(fields, "Access-Control-Allow-Methods", methods,
                asked.headers.get("access-control-request-method"));
  add_allowance(fields, "Access-Control-Allow-Headers", headers,
                asked.headers.get("access-control-request-headers"));
  if (max_age) fields.add("Access-Control-Max-Age", std::to_string(max_age->count()));
  return out;
}

bool is_preflight(const request& head) noexcept {
  return head.method == "OPTIONS" && head.headers.contains("origin") &&
         head.headers.contains("access-control-request-method");
}

bool may_open_websocket(const header_block& headers, const cors_policy* policy) noexcept {
  const auto origin = headers.get("origin");
  if (origin.empty()) return true;
  const auto scheme = origin.find("://");
  if (scheme != origin.npos && equal_ignoring_case(origin.substr(scheme + 3), headers.get("host")))
    return true;
  return policy != nullptr && policy->allows(origin);
}

}  // namespace puff::http
