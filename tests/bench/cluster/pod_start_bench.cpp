// One pod at a time from `create` to Running as a watch sees it, deleted
// before the next; see README.md.
//
//     pod_start_bench PORT CREDENTIALS IMAGE [PODS]
#include "tests/support/tls_client.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace troupe;
using steady = std::chrono::steady_clock;

constexpr const char* pods_path = "/api/v1/namespaces/default/pods";

double milliseconds_since(steady::time_point begin) {
  return std::chrono::duration<double, std::milli>(steady::now() - begin)
      .count();
}

void print(const char* name, std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto at = [&](double part) {
    return values[static_cast<std::size_t>(
        part * static_cast<double>(values.size() - 1))];
  };
  std::printf("%-42s p50 %7.1f  p90 %7.1f  p99 %7.1f  (%zu runs)\n", name,
              at(0.5), at(0.9), at(0.99), values.size());
}

std::string read_file(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream{path}.rdbuf();
  return out.str();
}

std::string request(const std::string& verb, const std::string& path,
                    const std::string& body = {}) {
  return verb + " " + path + " HTTP/1.1\r\nHost: localhost\r\n"
         + "Content-Type: application/json\r\nContent-Length: "
         + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string pod_text(const std::string& name, const std::string& image) {
  return R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":")" + name
         + R"("},"spec":{"containers":[{"name":"c","image":")" + image
         + R"(","imagePullPolicy":"IfNotPresent",)"
         + R"("command":["sleep","100000"]}]}})";
}

struct times {
  std::vector<double> answered, placed, running, gone;
};

class bench {
public:
  bench(std::uint16_t port, const std::string& directory)
      : watch_{port, read_file(directory + "/ca.crt"), own(directory)},
        api_{port, read_file(directory + "/ca.crt"), own(directory)} {
    watch_.send(request("GET", std::string{pods_path} + "?watch=true"));
    watch_.read_until("\r\n\r\n");
  }

  bool run(const std::string& name, const std::string& image, times& out) {
    auto begin = steady::now();
    api_.send(request("POST", pods_path, pod_text(name, image)));
    if (!answered_with(" 201 "))
      return false;
    out.answered.push_back(milliseconds_since(begin));
    if (!seen(name, "\"nodeName\":\""))
      return false;
    out.placed.push_back(milliseconds_since(begin));
    if (!seen(name, "\"phase\":\"Running\""))
      return false;
    out.running.push_back(milliseconds_since(begin));
    begin = steady::now();
    api_.send(request("DELETE", std::string{pods_path} + "/" + name
                                    + "?gracePeriodSeconds=0"));
    if (!answered_with(" 200 ") || !seen(name, "\"type\":\"DELETED\""))
      return false;
    out.gone.push_back(milliseconds_since(begin));
    return true;
  }

private:
  static pki::credential own(const std::string& directory) {
    return {read_file(directory + "/client.crt"),
            read_file(directory + "/client.key")};
  }

  bool answered_with(const std::string& code) {
    const auto [head, body] = api_.read_answer();
    if (head.substr(0, head.find('\r')).find(code) != std::string::npos)
      return true;
    std::fprintf(stderr, "the API answered %s\n%s\n", head.c_str(),
                 body.c_str());
    return false;
  }

  /// Reads events until one of pod `name` holds `what`.
  bool seen(const std::string& name, const std::string& what) {
    const auto mark = "\"name\":\"" + name + "\"";
    for (;;) {
      const auto event = watch_.read_until("\n");
      if (event.empty() || event.back() != '\n') {
        std::fprintf(stderr, "the watch ended before %s\n", what.c_str());
        return false;
      }
      if (event.find(mark) != std::string::npos
          && event.find(what) != std::string::npos)
        return true;
    }
  }

  testing::tls_client watch_;
  testing::tls_client api_;
};

} // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fputs("usage: pod_start_bench PORT CREDENTIALS IMAGE [PODS]\n",
               stderr);
    return 2;
  }
  const auto pods = argc > 4 ? std::atoi(argv[4]) : 100;
  bench world{static_cast<std::uint16_t>(std::atoi(argv[1])), argv[2]};
  times found;
  for (int i = 0; i < pods; ++i)
    if (!world.run("p" + std::to_string(i), argv[3], found))
      return 1;
  print("pod: create to its answer, ms", found.answered);
  print("pod: create to placed, ms", found.placed);
  print("pod: create to Running, ms", found.running);
  print("pod: delete to gone, ms", found.gone);
  return 0;
}
