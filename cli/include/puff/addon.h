#pragma once

/* The C interface of add-ons; <puff/addon.hpp> is the same for C++. */
#include "schemas/addon.h"
