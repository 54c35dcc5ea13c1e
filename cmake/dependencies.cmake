# Debian's packages; nothing is downloaded. Each has its reason in docs/adr.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(CAF REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(simdjson REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(zstd CONFIG REQUIRED)
find_package(CURL REQUIRED)
find_package(LibArchive REQUIRED)
pkg_check_modules(NATS REQUIRED IMPORTED_TARGET libnats)
pkg_check_modules(NFTABLES REQUIRED IMPORTED_TARGET libnftables)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)
find_package(Boost 1.74 REQUIRED COMPONENTS system)

# msgpack-cxx: headers only, without Boost (its own CMake target adds it).
find_path(MSGPACK_INCLUDE_DIR msgpack.hpp REQUIRED)
add_library(troupe_msgpack INTERFACE)
target_include_directories(troupe_msgpack SYSTEM
                           INTERFACE ${MSGPACK_INCLUDE_DIR})
target_compile_definitions(troupe_msgpack INTERFACE MSGPACK_NO_BOOST)

if(TROUPE_TESTS)
  find_package(Catch2 2 REQUIRED)
endif()
