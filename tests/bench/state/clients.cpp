#include "tests/bench/state/clients.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace troupe::bench {

namespace {

double seconds_of(const rusage& used) {
  const auto sum = [](const timeval& value) {
    return static_cast<double>(value.tv_sec)
           + static_cast<double>(value.tv_usec) / 1e6;
  };
  return sum(used.ru_utime) + sum(used.ru_stime);
}

double children_time() {
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);
  return seconds_of(used);
}

std::vector<float> read_times(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream{path}.rdbuf();
  const auto octets = text.str();
  std::vector<float> out(octets.size() / sizeof(float));
  octets.copy(reinterpret_cast<char*>(out.data()), out.size() * sizeof(float));
  return out;
}

} // namespace

found run_clients(const load& wanted, std::size_t processes,
                  const std::vector<pid_t>& servers,
                  const std::function<process(std::size_t, const load&,
                                              const std::string&)>& start,
                  const std::string& directory) {
  const auto used = [&] {
    double sum = 0;
    for (const auto pid : servers)
      sum += processor_time(pid);
    return sum;
  };
  const auto count = std::min(processes, wanted.clients);
  const auto servers_before = used();
  const auto clients_before = children_time();
  std::vector<process> running;
  std::vector<std::string> files;
  for (std::size_t i = 0; i < count; ++i) {
    auto share = wanted;
    share.clients = wanted.clients / count + (i < wanted.clients % count);
    files.push_back(directory + "/times-" + std::to_string(i));
    running.push_back(start(i, share, files.back()));
  }
  std::uint64_t failed = 0;
  for (auto& client : running)
    failed += client.join() ? 0 : 1;
  std::vector<float> all;
  for (const auto& file : files) {
    const auto times = read_times(file);
    all.insert(all.end(), times.begin(), times.end());
    unlink(file.c_str());
  }
  const auto operations = static_cast<double>(all.size());
  auto out = summarize(std::move(all), wanted.seconds);
  out.failed = failed;
  if (operations > 0) {
    out.server_us = (used() - servers_before) * 1e6 / operations;
    out.client_us = (children_time() - clients_before) * 1e6 / operations;
  }
  return out;
}

} // namespace troupe::bench
