#include "messages/codec/json.hpp"
#include "messages/codec/msgpack.hpp"
#include "messages/schema/registry.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>

// Measures the codecs alone: codec_bench [milliseconds per figure].
namespace {

using namespace troupe;

constexpr std::string_view metadata =
    R"("metadata":{"name":"example","namespace":"default","uid":)"
    R"("2f1e9d0c-0000-4000-8000-000000000001","resourceVersion":"12345",)"
    R"("creationTimestamp":"2024-05-06T07:08:09Z","labels":)"
    R"({"app":"example","tier":"front"}})";

std::string config_map() {
  std::string text = R"({"kind":"ConfigMap","apiVersion":"v1",)";
  text.append(metadata).append(R"(,"data":{)");
  for (int i = 0; i < 20; ++i)
    text += (i == 0 ? "\"key-" : ",\"key-") + std::to_string(10 + i)
            + R"(":"a value of ordinary length, \"quoted\" once")";
  return text + "}}";
}

std::string name_space() {
  std::string text = R"({"kind":"Namespace","apiVersion":"v1",)";
  text.append(metadata).append(R"(,"spec":{"finalizers":["kubernetes"]},)");
  return text + R"("status":{"phase":"Active"}})";
}

template <class F>
void report(std::string_view kind, const char* what,
            std::chrono::milliseconds time, F&& run) {
  using clock = std::chrono::steady_clock;
  const auto start = clock::now();
  std::size_t calls = 0;
  std::size_t octets = 0;
  while (clock::now() - start < time)
    for (int i = 0; i < 256; ++i, ++calls)
      octets = run();
  const auto spent =
      std::chrono::duration<double, std::nano>(clock::now() - start).count();
  std::printf("%-10.*s %-15s %8.0f ns per call  (%zu octets)\n",
              static_cast<int>(kind.size()), kind.data(), what,
              spent / static_cast<double>(calls), octets);
}

void measure(std::string_view kind, const std::string& text,
             std::chrono::milliseconds time) {
  const auto* type = schema::find_kind_type({"", "v1", kind});
  auto decoded = codec::decode_json(text, type);
  TROUPE_CHECK(decoded.has_value(), "the example is well formed");
  const auto& root = decoded->doc.root();
  const auto packed = codec::encode_msgpack(root, type);
  const codec::encode_options options{"v1", kind, "12345"};
  report(kind, "decode_json", time, [&] {
    return codec::decode_json(text, type).has_value() ? text.size() : 0;
  });
  report(kind, "encode_json", time,
         [&] { return codec::encode_json(root, type, options).size(); });
  report(kind, "encode_msgpack", time,
         [&] { return codec::encode_msgpack(root, type).size(); });
  report(kind, "decode_msgpack", time, [&] {
    return codec::decode_msgpack(packed, type).has_value() ? packed.size() : 0;
  });
}

} // namespace

int main(int argc, char** argv) {
  const std::chrono::milliseconds time{argc > 1 ? std::atoi(argv[1]) : 500};
  measure("ConfigMap", config_map(), time);
  measure("Namespace", name_space(), time);
}
