add_executable(bench_stream_round_trip ${PROJECT_SOURCE_DIR}/tests/bench/cpp/stream_round_trip.cpp)
target_link_libraries(bench_stream_round_trip PRIVATE puff_options Threads::Threads)
