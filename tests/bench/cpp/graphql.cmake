# The GraphQL engine's front half: parsing and validating.
find_package(benchmark)
if(benchmark_FOUND)
  add_executable(bench_graphql ${PROJECT_SOURCE_DIR}/tests/bench/cpp/graphql.cpp)
  target_include_directories(bench_graphql PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(bench_graphql PRIVATE PUFF_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(bench_graphql PRIVATE puff_options puff::graphql benchmark::benchmark)
endif()
