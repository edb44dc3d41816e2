# puff_module(NAME SOURCES .. HEADERS .. DEPENDS .. PRIVATE_DEPENDS .. TESTS .. PRECOMPILE ..)
#
# Makes the static library puff::<NAME>, proves that each of HEADERS compiles by itself, and builds
# TESTS (paths below tests/unit) into the program <NAME>_test. DEPENDS are other floors and whatever
# the headers show; PRIVATE_DEPENDS are third-party libraries that only the sources see.
function(puff_module NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;HEADERS;DEPENDS;PRIVATE_DEPENDS;TESTS;PRECOMPILE" ${ARGN})
  set(target puff_${NAME})
  add_library(${target} STATIC ${ARG_SOURCES})
  add_library(puff::${NAME} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${NAME})
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}
                                  FILES ${ARG_HEADERS})
  set_target_properties(${target} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_link_libraries(${target} PUBLIC ${ARG_DEPENDS}
                                  PRIVATE $<BUILD_INTERFACE:puff_options> ${ARG_PRIVATE_DEPENDS})
  if(ARG_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE ${ARG_PRECOMPILE})
  endif()
  set_property(GLOBAL APPEND PROPERTY PUFF_MODULES ${target})
  if(PUFF_TESTS AND ARG_TESTS)
    puff_test(${NAME}_test SOURCES ${ARG_TESTS} DEPENDS puff::${NAME} ${ARG_PRIVATE_DEPENDS})
  endif()
endfunction()

# puff_test(NAME SOURCES .. DEPENDS ..): a GoogleTest program of files below tests/unit.
function(puff_test NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  list(TRANSFORM ARG_SOURCES PREPEND ${PROJECT_SOURCE_DIR}/tests/unit/)
  add_executable(${NAME} ${ARG_SOURCES})
  target_include_directories(${NAME} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${NAME} PRIVATE puff_options ${ARG_DEPENDS} GTest::gmock GTest::gtest_main)
  add_test(NAME ${NAME} COMMAND ${NAME})
  set_tests_properties(${NAME} PROPERTIES TIMEOUT 300 ENVIRONMENT "${PUFF_SANITIZER_ENVIRONMENT}")
endfunction()
