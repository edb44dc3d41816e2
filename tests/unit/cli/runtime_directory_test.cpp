#include "cli/runtime_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/scratch_directory.hpp"

namespace puff::cli {
namespace {

namespace fs = std::filesystem;

mode_t mode_of(const fs::path& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 ? found.st_mode & 0777 : 0;
}

TEST(runtime_directory, IsMadeForThisUserAlone) {
  support::scratch_directory scratch;
  auto where = fs::path{scratch.path()} / "a" / "run";
  EXPECT_FALSE(make_runtime_directory(where));
  EXPECT_EQ(mode_of(where), 0700u);
  EXPECT_FALSE(make_runtime_directory(where)) << "it may be there already";
}

TEST(runtime_directory, IsClosedToOthersIfItWasOpen) {
  support::scratch_directory scratch;
  auto where = fs::path{scratch.path()} / "run";
  fs::create_directory(where);
  ::chmod(where.c_str(), 0755);
  EXPECT_FALSE(make_runtime_directory(where));
  EXPECT_EQ(mode_of(where), 0700u);
}

TEST(runtime_directory, IsNoLinkAndNoFile) {
  support::scratch_directory scratch;
  auto real = fs::path{scratch.path()} / "real", link = fs::path{scratch.path()} / "link";
  fs::create_directory(real);
  fs::create_directory_symlink(real, link);
  auto refused = make_runtime_directory(link);
  EXPECT_EQ(code_of(refused), ec::io_failed);
  EXPECT_THAT(context_of(refused), testing::HasSubstr("PUFF_RUNTIME_DIR"));
}

TEST(runtime_directory, NamesSocketsByNodeAndProcess) {
  auto s = socket_of("/run", "shop/1 ä", 42);
  EXPECT_EQ(s.path.parent_path(), "/run");
  EXPECT_TRUE(s.path.filename().string().starts_with("shop_1_"));
  EXPECT_TRUE(s.path.filename().string().ends_with(".42.sock"));
}

TEST(runtime_directory, ListsTheSocketsOfNodesOnly) {
  support::scratch_directory scratch;
  fs::path where{scratch.path()};
  for (const auto* name : {"b.2.sock", "a.b.17.sock", "other.txt", "x.sock", "y.z.sock"})
    scratch.write(name, "");
  auto found = sockets_in(where);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].node, "a.b");
  EXPECT_EQ(found[0].pid, 17);
  EXPECT_EQ(found[1].node, "b");
  EXPECT_TRUE(sockets_in(where / "missing").empty());
}

}  // namespace
}  // namespace puff::cli
