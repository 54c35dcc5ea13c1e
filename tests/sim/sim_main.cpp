#include "tests/sim/scenario/scenario.hpp"
#include "tests/sim/simulation.hpp"

#include <unistd.h>

#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <optional>
#include <string>

/// troupe_sim: runs simulations by hand and in CI. See --help.
namespace {

using namespace troupe;
using namespace troupe::sim;

struct arguments {
  std::optional<std::uint64_t> seed;
  std::uint64_t count = 1;
  double seconds = 0;
  std::string scenario = "swarm";
  planted_bug bug = planted_bug::none;
  bool trace = false;
  bool quiet = false;
};

constexpr const char* usage =
    "usage: ./dev sim [--seed N] [--count N | --for 60s] [--scenario NAME]\n"
    "                 [--trace] [--bug NAME] [--list]\n"
    "  --seed N         the first run's seed; without, one by the clock\n"
    "  --count N        that many runs, with the seeds that follow\n"
    "  --for 60s        runs until so much time has gone by\n"
    "  --scenario NAME  from what each run is drawn (default: swarm)\n"
    "  --trace          tell everything that happens\n"
    "  --bug NAME       plant a bug in the simulator: some check must find it\n"
    "  --list           name the scenarios and the bugs\n";

char reproduce[256];

/// The product's own checks end the process: say how it came to that.
void on_abort(int) {
  (void)!::write(2, reproduce, std::strlen(reproduce));
}

void list() {
  std::cout << "scenarios:";
  for (const auto& name : scenario_names())
    std::cout << ' ' << name;
  std::cout << "\nbugs:";
  for (auto one : planted_bugs())
    std::cout << ' ' << to_string(one);
  std::cout << '\n';
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, failed] =
      std::from_chars(text.data(), text.data() + text.size(), out);
  if (failed != std::errc{} || end != text.data() + text.size())
    return {};
  return out;
}

/// False when it is not understood.
bool read_option(arguments& out, std::string_view name,
                 std::string_view value) {
  if (name == "--scenario") {
    out.scenario = value;
    return true;
  }
  if (name == "--bug") {
    out.bug = planted_bug_of(value);
    return out.bug != planted_bug::none;
  }
  if (name == "--for" && value.ends_with('s'))
    value.remove_suffix(1);
  const auto n = number(value);
  if (!n)
    return false;
  if (name == "--seed")
    out.seed = *n;
  else if (name == "--count")
    out.count = *n;
  else if (name == "--for")
    out.seconds = static_cast<double>(*n);
  else
    return false;
  return true;
}

std::optional<arguments> read_arguments(int argc, char** argv) {
  arguments out;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--trace")
      out.trace = true;
    else if (name == "--quiet")
      out.quiet = true;
    else if (i + 1 >= argc || !read_option(out, name, argv[++i]))
      return {};
  }
  return out;
}

double seconds_since(std::chrono::steady_clock::time_point t) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - t)
      .count();
}

/// False when something was found.
bool run_one(const arguments& args, const std::string& text, std::uint64_t seed,
             counters& all, duration& simulated) {
  const auto drawn = draw(args.scenario, text, seed);
  if (!drawn) {
    std::cerr << drawn.error().message << '\n';
    std::exit(2);
  }
  std::snprintf(reproduce, sizeof reproduce,
                "reproduce: ./dev sim --seed %llu --scenario %s%s%s\n",
                static_cast<unsigned long long>(seed), args.scenario.c_str(),
                args.bug == planted_bug::none ? "" : " --bug ",
                args.bug == planted_bug::none ? ""
                                              : to_string(args.bug).data());
  if (!args.quiet)
    std::cout << "seed " << seed << " of " << args.scenario << '\n'
              << to_text(*drawn) << std::flush;
  trace::listener listener;
  if (args.trace)
    listener = [](std::string_view line) { std::cout << line << '\n'; };
  const auto result = simulate(*drawn, args.bug, listener);
  all.add_all(result.count);
  simulated += result.simulated;
  if (!args.quiet)
    std::cout << "  digest " << std::hex << result.digest << std::dec << "\n";
  if (result.found.clean())
    return true;
  if (args.quiet)
    std::cout << "seed " << seed << " of " << args.scenario << '\n'
              << to_text(*drawn);
  for (const auto& one : result.found.found())
    std::cout << "VIOLATION (" << one.checker << ") " << one.what << '\n';
  std::cout << reproduce << std::flush;
  return false;
}

} // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view{argv[1]} == "--list") {
    list();
    return 0;
  }
  const auto args = read_arguments(argc, argv);
  if (!args) {
    std::cerr << usage;
    return 2;
  }
  const auto text = read_scenario(args->scenario);
  if (!text) {
    std::cerr << text.error().message << '\n';
    return 2;
  }
  std::signal(SIGABRT, on_abort);
  const auto begun = std::chrono::steady_clock::now();
  const auto first = args->seed.value_or(static_cast<std::uint64_t>(
      std::chrono::system_clock::now().time_since_epoch().count() / 1'000'000));
  counters all;
  duration simulated{};
  std::uint64_t runs = 0;
  bool clean = true;
  do {
    clean = run_one(*args, *text, first + runs, all, simulated);
    ++runs;
  } while (clean
           && (args->seconds > 0 ? seconds_since(begun) < args->seconds
                                 : runs < args->count));
  for (const auto& [name, times] : all.all())
    std::cout << "  " << times << ' ' << name << '\n';
  const double virtual_seconds =
      std::chrono::duration<double>(simulated).count();
  const double wall = seconds_since(begun);
  std::cout << runs << " runs from seed " << first << ", "
            << static_cast<long>(virtual_seconds) << " simulated seconds in "
            << wall << " s: " << static_cast<long>(virtual_seconds / wall)
            << " a second" << std::endl;
  return clean ? 0 : 1;
}
