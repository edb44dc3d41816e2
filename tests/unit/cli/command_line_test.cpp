#include "cli/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>

namespace puff::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using kind = parsed_line::kind;

class command_line : public testing::Test {
 protected:
  command_line() {
    command serve{"serve", "Serve HTTP"};
    serve.aliases = {"runserver"};
    serve.declare = [](CLI::App& at, override_map& to) {
      at.add_option_function<std::vector<std::string>>(
            "--bind", [&to](const std::vector<std::string>& words) { to["--bind"] = words; },
            "Address to listen on")
          ->allow_extra_args(false);
    };
    command run{"run", "Call a function"};
    run.synopsis = "MODULE.FUNCTION [ARG..]";
    run.takes = command::words::arguments;
    run.required_arguments = 1;
    command watch = run;
    watch.name = "watch";
    watch.declare = [this](CLI::App& at, override_map&) {
      at.add_option("--dir", directory_, "Folder");
    };
    command django{"django", "Django's commands"};
    django.takes = command::words::untouched;
    commands_ = {serve, run, watch, django};
  }

  parsed_line parse(const std::vector<std::string>& words) {
    return parse_command_line({"puff", "A program", "1.2"}, commands_, pools_, words);
  }
  static std::string name_of(const parsed_line& line) {
    return line.chosen ? line.chosen->name : "";
  }

  std::string directory_;
  std::vector<command> commands_;
  std::vector<config::pool_option> pools_{
      {"--default-redis-url", "PUFF_DEFAULT_REDIS_URL", "Server of the redis pool 'default'.", ""}};
};

TEST_F(command_line, RunsACommandByNameOrAlias) {
  for (const auto* word : {"serve", "runserver"}) {
    auto line = parse({word});
    EXPECT_EQ(line.what, kind::run) << line.text;
    EXPECT_EQ(name_of(line), "serve");
  }
}

TEST_F(command_line, CollectsARepeatedOption) {
  auto line = parse({"serve", "--bind", "a:1", "--bind=b:2"});
  EXPECT_THAT(line.overrides["--bind"], ElementsAre("a:1", "b:2")) << line.text;
}

TEST_F(command_line, TakesPoolOptionsBeforeAndAfterTheCommand) {
  for (const auto& words : {std::vector<std::string>{"--default-redis-url", "redis://x", "serve"},
                            std::vector<std::string>{"serve", "--default-redis-url=redis://x"}}) {
    auto line = parse(words);
    EXPECT_EQ(name_of(line), "serve") << line.text;
    EXPECT_THAT(line.overrides["--default-redis-url"], ElementsAre("redis://x"));
  }
}

TEST_F(command_line, LeavesTheWordsAfterTheFunctionAlone) {
  auto line = parse({"run", "--default-redis-url", "redis://x", "a.b", "-x", "--help", "--bind"});
  EXPECT_EQ(line.what, kind::run) << line.text;
  EXPECT_THAT(line.arguments, ElementsAre("a.b", "-x", "--help", "--bind"));
  EXPECT_THAT(line.overrides["--default-redis-url"], ElementsAre("redis://x"));
}

TEST_F(command_line, GivesAnUntouchedCommandItsHelpToo) {
  EXPECT_THAT(parse({"django", "--help"}).arguments, ElementsAre("--help"));
  EXPECT_THAT(parse({"django", "migrate", "--fake"}).arguments, ElementsAre("migrate", "--fake"));
  EXPECT_THAT(parse({"django", "--version", "--config", "x"}).arguments,
              ElementsAre("--version", "--config", "x"));
}

TEST_F(command_line, DropsTheSeparatorThatOlderScriptsWrite) {
  EXPECT_THAT(parse({"django", "--", "migrate", "--", "x"}).arguments,
              ElementsAre("migrate", "--", "x"));
}

TEST_F(command_line, KeepsOptionsOfACommandApartFromItsArguments) {
  auto line = parse({"watch", "--dir", "src", "make", "--dir", "other"});
  EXPECT_EQ(directory_, "src");
  EXPECT_THAT(line.arguments, ElementsAre("make", "--dir", "other"));
}

TEST_F(command_line, SuggestsTheNearestCommand) {
  auto line = parse({"sevre"});
  EXPECT_EQ(line.what, kind::mistake);
  EXPECT_EQ(line.text, "unknown command 'sevre'; did you mean 'serve'?");
}

TEST_F(command_line, SuggestsTheNearestOption) {
  EXPECT_EQ(parse({"serve", "--bnd", "x"}).text, "unknown option '--bnd'; did you mean '--bind'?");
  EXPECT_EQ(parse({"--default-redis-ulr=x", "serve"}).text,
            "unknown option '--default-redis-ulr=x'; did you mean '--default-redis-url'?");
}

TEST_F(command_line, RefusesWhatACommandDoesNotTake) {
  EXPECT_EQ(parse({"serve", "now"}).text, "'serve' takes no argument 'now'");
  EXPECT_EQ(parse({"run"}).what, kind::mistake);
  EXPECT_THAT(parse({"run"}).text, HasSubstr("MODULE.FUNCTION"));
}

TEST_F(command_line, SaysWhichOptionLacksItsValue) {
  auto line = parse({"serve", "--bind"});
  EXPECT_EQ(line.what, kind::mistake);
  EXPECT_THAT(line.text, HasSubstr("--bind"));
}

TEST_F(command_line, ShowsHelpWithoutAnyWord) {
  for (const auto& words : {std::vector<std::string>{}, {"help"}, {"--help"}, {"-h"}}) {
    auto line = parse(words);
    EXPECT_EQ(line.what, kind::text);
    for (const auto* part : {"serve, runserver", "django", "--default-redis-url", "--config"})
      EXPECT_THAT(line.text, HasSubstr(part));
  }
}

TEST_F(command_line, ShowsTheHelpOfACommand) {
  for (const auto& words : {std::vector<std::string>{"serve", "--help"}, {"help", "serve"}}) {
    auto line = parse(words);
    EXPECT_EQ(line.what, kind::text);
    for (const auto* part : {"puff serve", "--bind", "Address to listen on", "runserver"})
      EXPECT_THAT(line.text, HasSubstr(part));
  }
  EXPECT_THAT(parse({"help", "django"}).text, HasSubstr("puff django"));
  EXPECT_THAT(parse({"help", "djagno"}).text, HasSubstr("did you mean 'django'?"));
}

TEST_F(command_line, ShowsTheVersion) { EXPECT_EQ(parse({"--version"}).text, "puff 1.2\n"); }

TEST_F(command_line, FindsTheConfigurationBeforeItIsRead) {
  EXPECT_EQ(config_option({"--config", "a.toml", "serve"}, commands_), "a.toml");
  EXPECT_EQ(config_option({"serve", "--config=b.toml"}, commands_), "b.toml");
  EXPECT_EQ(config_option({"run", "f.g", "--config", "theirs"}, commands_), std::nullopt);
  EXPECT_EQ(config_option({"serve"}, commands_), std::nullopt);
}

TEST_F(command_line, WrapsHelpBeforeTheEdgeOfAScreen) {
  commands_[0].details = std::string(300, 'x') + " " +
                         "word word word word word word word word "
                         "word word word word word word word word word word word word word word";
  auto text = parse({"help", "serve"}).text;
  std::size_t longest = 0;
  for (std::size_t at = 0; at < text.size();) {
    auto end = text.find('\n', at);
    if (text.compare(at, 3, "xxx") != 0) longest = std::max(longest, end - at);
    at = end + 1;
  }
  EXPECT_LE(longest, 96u);
}

}  // namespace
}  // namespace puff::cli
