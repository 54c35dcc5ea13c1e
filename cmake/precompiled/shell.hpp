#pragma once

// The same for the shells: they alone see CAF.

#include "cmake/precompiled/standard.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
