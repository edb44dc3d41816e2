#pragma once

/// What a program with Puff inside includes: link puff::puff, found by find_package(Puff).
#include "actors/native_context.hpp"
#include "actors/native_graphql.hpp"
#include "actors/native_pubsub.hpp"
#include "cli/program.hpp"
#include "cli/router.hpp"
#include "schemas/redis_value.hpp"
#include "schemas/request.hpp"
#include "schemas/response.hpp"
#include "services/http/exchange.hpp"
#include "services/http/websocket.hpp"
