# puff_scripts(MODULE NAMES .. [ALONE NAMES ..]) makes scripts.cpp in the build folder of a module of
# services: each scripts/NAME.lua as a string, with what all share (scripts/common.lua) before it, but
# for those that stand alone, and its digest.
# The module's script.hpp declares `all_scripts` of namespace puff::MODULE.
function(puff_scripts MODULE)
  cmake_parse_arguments(PARSE_ARGV 1 scripts "" "" "ALONE")
  file(READ scripts/common.lua common)
  set(rows "")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS scripts/common.lua)
  foreach(script IN LISTS scripts_UNPARSED_ARGUMENTS scripts_ALONE)
    file(READ scripts/${script}.lua text)
    if(NOT script IN_LIST scripts_ALONE)
      string(PREPEND text "${common}")
    endif()
    string(SHA1 digest "${text}")
    string(APPEND rows "    {\"${script}\", \"${digest}\", R\"lua(${text})lua\"},\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS scripts/${script}.lua)
  endforeach()
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/scripts.cpp @ONLY CONTENT
"#include \"services/@MODULE@/script.hpp\"

#include <array>

namespace puff::@MODULE@ {
namespace {

constexpr std::array scripts{std::to_array<redis::script>({
@rows@})};

}  // namespace

std::span<const redis::script> all_scripts() noexcept { return scripts; }

}  // namespace puff::@MODULE@
")
endfunction()
