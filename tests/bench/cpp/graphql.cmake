# The GraphQL engine: parsing and validating, and executing in memory.
find_package(benchmark)
if(benchmark_FOUND)
  add_executable(bench_graphql ${PROJECT_SOURCE_DIR}/tests/bench/cpp/graphql.cpp)
  target_include_directories(bench_graphql PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(bench_graphql PRIVATE PUFF_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(bench_graphql PRIVATE puff_options puff::graphql benchmark::benchmark)
  add_executable(bench_graphql_execution
                 ${PROJECT_SOURCE_DIR}/tests/bench/cpp/graphql_execution.cpp)
  target_compile_options(bench_graphql_execution PRIVATE -O2)
  target_link_libraries(bench_graphql_execution PRIVATE puff_options puff::graphql
                                                        benchmark::benchmark)
endif()
