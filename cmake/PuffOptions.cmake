# Language, warnings and the switches a preset sets.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)

option(PUFF_TESTS "Build the unit tests and the benchmark programs" ON)
option(PUFF_EXAMPLES "Build the C++ examples" ON)
option(PUFF_PYTHON "Build the Python bridge, the command line and everything above it" ON)
set(PUFF_SANITIZE "" CACHE STRING "Sanitizers of this build, as -fsanitize takes them")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Precompiled headers need these two to be cached; see ccache(1), PRECOMPILED HEADERS.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE_PROGRAM})
  add_compile_options($<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>>:-fpch-preprocess>)
endif()

# Every target of Puff links this one: warnings are errors, and a sanitizer reaches all of it.
add_library(puff_options INTERFACE)
target_compile_options(puff_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                                              -Werror)
if(PUFF_SANITIZE)
  # Suppressions only reach recoverable checks, so the environment, not the compiler, makes a finding
  # end the program.
  target_compile_options(puff_options INTERFACE -fsanitize=${PUFF_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(puff_options INTERFACE -fsanitize=${PUFF_SANITIZE})
  # g++ 12 warns falsely about code that a sanitizer has changed, and of Asio's fences under TSan.
  target_compile_options(puff_options INTERFACE
                         $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
                         $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  # clang 14 cannot assemble coroutines with this one check of "undefined".
  target_compile_options(puff_options INTERFACE
                         $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function>)
  set(puff_support ${PROJECT_SOURCE_DIR}/tests/support)
  set(PUFF_SANITIZER_ENVIRONMENT
      "ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1"
      "LSAN_OPTIONS=suppressions=${puff_support}/lsan.supp:print_suppressions=0"
      "UBSAN_OPTIONS=suppressions=${puff_support}/ubsan.supp:halt_on_error=1:print_stacktrace=1"
      "TSAN_OPTIONS=suppressions=${puff_support}/tsan.supp:halt_on_error=1")
endif()
