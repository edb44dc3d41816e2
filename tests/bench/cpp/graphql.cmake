find_package(benchmark REQUIRED)
add_executable(bench_graphql ${CMAKE_CURRENT_LIST_DIR}/graphql.cpp)
target_compile_options(bench_graphql PRIVATE -O2)
target_link_libraries(bench_graphql PRIVATE puff_options puff::graphql benchmark::benchmark)
# The same answers without GraphQL: what the server is compared with.
add_executable(graphql_floor ${CMAKE_CURRENT_LIST_DIR}/graphql_floor.cpp)
target_link_libraries(graphql_floor PRIVATE puff_options Boost::headers Threads::Threads
                                            PostgreSQL::PostgreSQL)
