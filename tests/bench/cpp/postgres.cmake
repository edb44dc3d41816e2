# The PostgreSQL engine alone, beside plain libpq: statements per second.
add_executable(bench_postgres_engine ${PROJECT_SOURCE_DIR}/tests/bench/cpp/postgres_engine.cpp
                                     ${PROJECT_SOURCE_DIR}/tests/support/postgres_server.cpp
                                     ${PROJECT_SOURCE_DIR}/tests/support/engine_loop.cpp)
target_include_directories(bench_postgres_engine PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(bench_postgres_engine PRIVATE puff_options puff::postgres
                                                    PostgreSQL::PostgreSQL)

# The limit: plain libpq in pipeline mode.
add_executable(bench_libpq_pipeline ${PROJECT_SOURCE_DIR}/tests/bench/cpp/libpq_pipeline.cpp)
target_link_libraries(bench_libpq_pipeline PRIVATE puff_options PostgreSQL::PostgreSQL)
