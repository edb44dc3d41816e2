# Beast without Puff: what the native route is compared with.
add_executable(plain_beast ${CMAKE_CURRENT_LIST_DIR}/plain_beast.cpp)
target_link_libraries(plain_beast PRIVATE puff_options Boost::headers Threads::Threads)
add_executable(beast_echo ${CMAKE_CURRENT_LIST_DIR}/beast_echo.cpp)
target_link_libraries(beast_echo PRIVATE puff_options Boost::headers Threads::Threads)
# The load of WebSockets, for all servers.
add_executable(websocket_load ${CMAKE_CURRENT_LIST_DIR}/websocket_load.cpp)
target_link_libraries(websocket_load PRIVATE puff_options Boost::headers Threads::Threads)
