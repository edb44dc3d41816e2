# puff_scripts(MODULE NAMES ..) makes scripts.cpp in the build folder of a module of services: each
# scripts/NAME.lua as a string, with what all share (scripts/common.lua) before it, and its digest.
# The module's script.hpp declares `all_scripts` of namespace puff::MODULE.
function(puff_scripts MODULE)
  file(READ scripts/common.lua common)
  set(rows "")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS scripts/common.lua)
  foreach(script IN LISTS ARGN)
    file(READ scripts/${script}.lua body)
    string(SHA1 digest "${common}${body}")
    string(APPEND rows
           "    {\"${script}\", \"${digest}\", R\"lua(${common}${body})lua\"},\n")
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
