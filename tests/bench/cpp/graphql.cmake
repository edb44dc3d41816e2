find_package(benchmark REQUIRED)
add_executable(bench_graphql ${CMAKE_CURRENT_LIST_DIR}/graphql.cpp)
target_compile_options(bench_graphql PRIVATE -O2)
target_link_libraries(bench_graphql PRIVATE puff_options puff::graphql benchmark::benchmark)
