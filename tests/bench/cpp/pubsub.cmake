# Publish and subscribe without Python.
add_executable(bench_pubsub_engine ${PROJECT_SOURCE_DIR}/tests/bench/cpp/pubsub_engine.cpp
                                   ${PROJECT_SOURCE_DIR}/tests/support/redis_server.cpp
                                   ${PROJECT_SOURCE_DIR}/tests/support/engine_loop.cpp)
target_include_directories(bench_pubsub_engine PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(bench_pubsub_engine PRIVATE puff_options puff::pubsub)
