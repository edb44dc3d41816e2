# The Redis engine alone: commands per second.
add_executable(bench_redis_engine ${PROJECT_SOURCE_DIR}/tests/bench/cpp/redis_engine.cpp
                                  ${PROJECT_SOURCE_DIR}/tests/support/redis_server.cpp
                                  ${PROJECT_SOURCE_DIR}/tests/support/engine_loop.cpp)
target_include_directories(bench_redis_engine PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(bench_redis_engine PRIVATE puff_options puff::redis)
