#include "services/http/router.hpp"

#include <gmock/gmock.h>

namespace puff::http {
namespace {

using testing::HasSubstr;

struct router_test : testing::Test {
  router routes;

  error add(std::string_view method, std::string_view pattern) {
    auto name = std::string{pattern};
    return routes.add(method, pattern, plain_handler{[name](const request&, const path_params&) {
                        response r;
                        r.body = name;
                        return r;
                      }});
  }
  /// "pattern a=1" for a native route, "mount N", "404", "405 allow" or "options allow".
  std::string find(std::string_view method, std::string_view path) {
    auto found = routes.match(method, path);
    if (auto* m = std::get_if<router::mounted>(&found)) return "mount " + std::to_string(m->number);
    if (auto* n = std::get_if<router::not_allowed>(&found)) return "405 " + n->allow;
    if (auto* o = std::get_if<router::options>(&found)) return "options " + o->allow;
    auto* native = std::get_if<router::native>(&found);
    if (!native) return "404";
    auto text = std::get<plain_handler>(*native->what)({}, native->params).body;
    for (auto name : {"a", "b", "rest"})
      if (!native->params.get(name).empty())
        text += std::string{" "} + name + "=" + std::string{native->params.get(name)};
    return text;
  }
};

TEST_F(router_test, FindsLiteralsAndParameters) {
  add("GET", "/");
  add("GET", "/users/{a}");
  add("GET", "/users/{a}/posts/{b}");
  EXPECT_EQ(find("GET", "/"), "/");
  EXPECT_EQ(find("GET", "/users/7"), "/users/{a} a=7");
  EXPECT_EQ(find("GET", "/users/7/posts/x"), "/users/{a}/posts/{b} a=7 b=x");
  EXPECT_EQ(find("GET", "/users"), "404");
  EXPECT_EQ(find("GET", "/users/"), "404") << "a parameter is never empty";
  EXPECT_EQ(find("GET", "/users/7/"), "404");
}

TEST_F(router_test, ALiteralBeatsAParameterAndAParameterTheRest) {
  add("GET", "/f/{rest...}");
  add("GET", "/f/{a}");
  add("GET", "/f/new");
  EXPECT_EQ(find("GET", "/f/new"), "/f/new");
  EXPECT_EQ(find("GET", "/f/old"), "/f/{a} a=old");
  EXPECT_EQ(find("GET", "/f/old/x/y"), "/f/{rest...} rest=old/x/y");
  EXPECT_EQ(find("GET", "/f/"), "/f/{rest...}");
}

TEST_F(router_test, ComesBackFromALiteralThatLeadsNowhere) {
  add("GET", "/x/{a}/end");
  add("GET", "/x/new/other");
  EXPECT_EQ(find("GET", "/x/new/end"), "/x/{a}/end a=new");
}

TEST_F(router_test, DecodesSegmentsAfterSplitting) {
  add("GET", "/caf\xc3\xa9/{a}");
  EXPECT_EQ(find("GET", "/caf%C3%a9/x%2Fy%20z"), "/caf\xc3\xa9/{a} a=x/y z");
  EXPECT_EQ(find("GET", "/caf\xc3\xa9/100%"), "/caf\xc3\xa9/{a} a=100%");
}

TEST_F(router_test, HeadFallsBackToGet) {
  add("GET", "/x");
  EXPECT_EQ(find("HEAD", "/x"), "/x");
}

TEST_F(router_test, TellsWhatAPathAllows) {
  add("GET", "/x");
  add("POST", "/x");
  EXPECT_EQ(find("DELETE", "/x"), "405 GET, POST, HEAD, OPTIONS");
  EXPECT_EQ(find("OPTIONS", "/x"), "options GET, POST, HEAD, OPTIONS");
  EXPECT_THAT(find("OPTIONS", "*"), HasSubstr("options GET"));
}

TEST_F(router_test, AStarTakesEveryOtherMethod) {
  add("GET", "/x");
  add("*", "/x");
  EXPECT_EQ(find("BREW", "/x"), "/x");
}

TEST_F(router_test, NativeRoutesWinOverMountsAndLongPrefixesOverShort) {
  add("GET", "/api/health");
  EXPECT_FALSE(routes.mount("/", 1));
  EXPECT_FALSE(routes.mount("/api", 2));
  EXPECT_FALSE(routes.mount("/api/v2/", 3));
  EXPECT_EQ(find("GET", "/api/health"), "/api/health");
  EXPECT_EQ(find("GET", "/api/x"), "mount 2");
  EXPECT_EQ(find("GET", "/api"), "mount 2");
  EXPECT_EQ(find("GET", "/api/v2/x"), "mount 3");
  EXPECT_EQ(find("GET", "/apix"), "mount 1") << "a prefix ends at a segment's end";
  EXPECT_EQ(find("GET", "/"), "mount 1");
}

TEST_F(router_test, NothingMatchesNothing) { EXPECT_EQ(find("GET", "/x"), "404"); }

TEST_F(router_test, RefusesPatternsThatMakeNoSense) {
  for (auto pattern : {"", "x", "/{", "/{}", "/a{b}", "/{a}b", "/{a}/{a}", "/{a...}/b", "/{...}"})
    EXPECT_TRUE(add("GET", pattern)) << pattern;
  EXPECT_TRUE(add("GE T", "/x"));
  EXPECT_FALSE(add("GET", "/x"));
  EXPECT_THAT(context_of(add("GET", "/x")), HasSubstr("already"));
  EXPECT_FALSE(routes.mount("/m", 1));
  EXPECT_TRUE(routes.mount("/m/", 2));
  EXPECT_TRUE(routes.mount("m", 2));
}

}  // namespace
}  // namespace puff::http
