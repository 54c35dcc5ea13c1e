#include "bootstrap/cli/observe.hpp"

#include "bootstrap/cluster/files.hpp"

#include <poll.h>

#include <algorithm>
#include <filesystem>

namespace troupe::cli {

namespace {

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

/// Neither `up` nor `down` can do more than say so.
std::string explain(const cluster::layout& files, const error& unreadable) {
  if (unreadable.code != errc::corrupt)
    return unreadable.message;
  return files.root() + "/" + unreadable.message
         + ": put the file back as it was, or end the cluster's processes and "
           "remove the directory";
}

} // namespace

result<observation> observe(const cluster::layout& files) {
  observation out;
  out.exists = exists(files.cluster_file()) || exists(files.lock_file());
  auto record = cluster::load_cluster(files.cluster_file());
  if (record)
    out.record = std::move(*record);
  else if (record.error().code != errc::not_found)
    return error{record.error().code, explain(files, record.error())};
  auto text = cluster::read_file(files.run_file());
  if (!text)
    return text.error().code == errc::not_found ? result<observation>{out}
                                                : text.error();
  auto run = process::parse_run_record(*text);
  if (!run)
    return error{run.error().code, files.run() + ": " + run.error().message};
  out.supervisor_alive = process::is_alive(run->supervisor);
  out.run = std::move(*run);
  return out;
}

error survived(const std::string& what, int pid) {
  return {errc::unavailable, "the " + what + " (process " + std::to_string(pid)
                                 + ") does not end"};
}

status_result end_kept_processes(const observation& seen, duration patience) {
  if (!seen.run)
    return unit{};
  const auto& all = seen.run->processes;
  for (auto at = all.rbegin(); at != all.rend(); ++at)
    if (at->running && !process::end_process(*at->running, patience))
      return survived(at->kind + " " + at->name, at->running->pid);
  return unit{};
}

std::string endpoint(const cluster::cluster_record& record) {
  return "https://127.0.0.1:" + std::to_string(record.port);
}

std::string shell_word(const std::string& text) {
  constexpr std::string_view harmless = "-_./+=:@%,";
  const auto plain = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || harmless.find(c) != harmless.npos;
  };
  if (!text.empty() && std::ranges::all_of(text, plain))
    return text;
  std::string out = "'";
  for (const char c : text)
    out += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return out + "'";
}

std::string choice_flags(const cluster_choice& choice) {
  std::string out;
  if (choice.name != cluster_choice{}.name)
    out += " --name " + choice.name;
  if (!choice.directory.empty())
    out += " --dir " + shell_word(choice.directory);
  return out;
}

void pause() {
  constexpr int milliseconds = 30;
  poll(nullptr, 0, milliseconds);
}

} // namespace troupe::cli
