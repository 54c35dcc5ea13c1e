#pragma once

// The same for the tests of shells.

#include "cmake/precompiled/shell.hpp"

#include <catch2/catch.hpp>
