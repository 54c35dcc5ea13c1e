#pragma once

// The same for the tests.

#include "cmake/precompiled/standard.hpp"

#include <catch2/catch.hpp>
