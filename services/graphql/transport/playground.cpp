#include "services/graphql/transport/playground.hpp"

#include <array>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "services/graphql/transport/internal/playground_page.hpp"

namespace puff::graphql {
namespace {

struct asset {
  std::string_view name, type;
};
constexpr std::string_view javascript = "text/javascript; charset=utf-8";
constexpr std::array assets{
    asset{"graphiql.min.js", javascript}, asset{"graphiql.min.css", "text/css; charset=utf-8"},
    asset{"react.production.min.js", javascript}, asset{"react-dom.production.min.js", javascript}};

std::optional<std::string> content_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>{in}, {}};
}

response fixed(std::uint16_t status, std::string_view type, std::string body) {
  response out;
  out.head.status = status;
  out.head.headers.add("Content-Type", type);
  out.head.headers.add("X-Content-Type-Options", "nosniff");
  out.body = std::move(body);
  return out;
}

response page_of(std::uint16_t status, std::string body) {
  auto out = fixed(status, "text/html; charset=utf-8", std::move(body));
  out.head.headers.add("Content-Security-Policy", internal::playground_policy);
  return out;
}

error add(http::router& routes, const std::string& path, response whole) {
  const auto kept = std::make_shared<const response>(std::move(whole));
  return routes.add("GET", path,
                    [kept](const request&, const http::path_params&) { return *kept; });
}

}  // namespace

error add_playground(http::router& routes, const playground_options& options) {
  auto below = options.url;
  if (!below.ends_with('/')) below += '/';
  below += "assets/";
  std::vector<response> packed;
  for (const auto& a : assets) {
    auto content = content_of(options.files / (std::string{a.name} + ".gz"));
    if (!content)
      return add(routes, options.url,
                 page_of(404, internal::playground_missing(options.files.native())));
    packed.push_back(fixed(200, a.type, std::move(*content)));
    packed.back().head.headers.add("Content-Encoding", "gzip");
    packed.back().head.headers.add("Cache-Control", "max-age=3600");
  }
  for (std::size_t i = 0; i < assets.size(); ++i)
    if (auto wrong = add(routes, below + std::string{assets[i].name}, std::move(packed[i])))
      return wrong;
  auto script = fixed(200, javascript, std::string{internal::playground_script()});
  if (auto wrong = add(routes, below + "playground.js", std::move(script))) return wrong;
  auto page = internal::playground_page(below, options.endpoint, options.subscriptions);
  return add(routes, options.url, page_of(200, std::move(page)));
}

}  // namespace puff::graphql
