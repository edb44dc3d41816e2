#include "services/postgres/conninfo.hpp"

#include <libpq-fe.h>

#include <memory>

namespace puff::postgres {
namespace {

using options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;
using text = std::unique_ptr<char, decltype(&PQfreemem)>;
using handle = std::unique_ptr<PGconn, decltype(&PQfinish)>;

std::string first_line(const char* from) {
  std::string line = from ? from : "";
  while (!line.empty() && line.back() == '\n') line.pop_back();
  return line;
}

}  // namespace

expected<std::map<std::string, std::string>> parse_conninfo(const std::string& from) {
  char* why = nullptr;
  options parsed{PQconninfoParse(from.c_str(), &why), PQconninfoFree};
  text reason{why, PQfreemem};
  if (!parsed) return make_error(ec::bad_argument, first_line(why));
  std::map<std::string, std::string> found;
  for (auto* o = parsed.get(); o->keyword; ++o)
    if (o->val) found.emplace(o->keyword, o->val);
  return found;
}

std::string without_password(const std::string& conninfo) {
  auto parsed = parse_conninfo(conninfo);
  if (!parsed) return "postgres://(malformed)";
  auto value = [&](const char* keyword) {
    auto found = parsed->find(keyword);
    return found == parsed->end() ? std::string{} : found->second;
  };
  std::string shown = "postgres://";
  if (auto user = value("user"); !user.empty()) shown += user + "@";
  auto host = value("host").empty() ? value("hostaddr") : value("host");
  shown += host.empty() ? "localhost" : host;
  if (auto port = value("port"); !port.empty()) shown += ":" + port;
  if (auto database = value("dbname"); !database.empty()) shown += "/" + database;
  return shown;
}

int libpq_version() noexcept { return PQlibVersion(); }

expected<std::string> encrypt_password(const std::string& password, const std::string& user,
                                       const std::string& algorithm) {
  // A connection that never was one is enough where the algorithm is given.
  handle nowhere{PQconnectStart("invalid"), PQfinish};
  if (!nowhere) return make_error(ec::internal, "out of memory");
  text made{PQencryptPasswordConn(nowhere.get(), password.c_str(), user.c_str(), algorithm.c_str()),
            PQfreemem};
  if (!made) return make_error(ec::bad_argument, first_line(PQerrorMessage(nowhere.get())));
  return std::string{made.get()};
}

}  // namespace puff::postgres
