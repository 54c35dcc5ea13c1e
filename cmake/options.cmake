# Compiler settings shared by every target.
option(TROUPE_TESTS "Build the tests" ON)
option(TROUPE_FUZZ "Build the fuzz targets (clang only)" OFF)
set(TROUPE_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
# -O3 costs build time and buys nothing measurable here.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

find_program(TROUPE_CCACHE ccache)
if(TROUPE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Without the sloppiness ccache declines files that use precompiled headers.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      env CCACHE_SLOPPINESS=pch_defines,time_macros "${TROUPE_CCACHE}")
endif()
find_program(TROUPE_MOLD mold)
if(TROUPE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Werror=return-type
                    -Wno-missing-field-initializers -fno-omit-frame-pointer
                    $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>
                    -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
# GCC 12 reports these falsely, inside std::variant and std::string; those of
# std::string it tells of since the header is precompiled.
add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
                    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
                    $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds>
                    $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>
                    $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overread>)
if(TROUPE_SANITIZE)
  # CAF binds a null reference in its own headers (harmless): null is off.
  add_compile_options(-fsanitize=${TROUPE_SANITIZE} -fno-sanitize=null
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${TROUPE_SANITIZE})
endif()
