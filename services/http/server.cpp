#include "services/http/server.hpp"

#include "services/http/internal/engine.hpp"

namespace puff::http {

server::server(boost::asio::io_context& io, deadline_wheel& wheel, server_options options,
               application_port& application)
    : engine_(std::make_shared<internal::engine>(io, wheel, std::move(options), application)) {}

server::~server() { engine_->shut_down(); }

void server::listen(acceptor where) { engine_->listen(std::move(where)); }
void server::answer(response_parts parts) { engine_->answer(std::move(parts)); }
void server::drain(std::function<void()> done) { engine_->drain(std::move(done)); }
void server::close_all() { engine_->close_all(); }
const server_stats& server::stats() const noexcept { return engine_->stats(); }

}  // namespace puff::http
