#pragma once

/// What the help of `troupe` and of each of its verbs ends with.
namespace troupe::cli {

inline constexpr const char* examples_top = R"(Examples:
  troupe up                       start a cluster on this machine
  troupe up --name test --port 0  another one, on any free port
  troupe status                   what runs
  troupe actors                   what it is made of
  troupe down                     stop it and remove it

Exit codes: 0 done, 1 failed, 2 the command line is wrong.
'troupe VERB --help' says more about a verb.)";

inline constexpr const char* examples_up = R"(Examples:
  troupe up
  troupe up --nodes 3             three nodes on this machine
  troupe up --servers 3           three servers, one of which may fail
  troupe up --name test --port 0 --output json
  troupe up --merge-kubeconfig    then plain kubectl works
  troupe up --foreground          stop it with Ctrl-C

Run again on a cluster that runs, it changes nothing and says so. After
'troupe down --keep-state', or a crash, it goes on with the state it had.)";

inline constexpr const char* examples_down = R"(Examples:
  troupe down
  troupe down --keep-state        stop; 'troupe up' goes on later
  troupe down --all)";

inline constexpr const char* examples_status = R"(Examples:
  troupe status
  troupe status --name test --output json

Exits with 0 when the cluster is ready, otherwise with 1.)";

inline constexpr const char* examples_actors = R"(Examples:
  troupe actors
  troupe actors --output json

MAILBOX is how many messages wait, HANDLED how many this incarnation has dealt
with. Exits with 1 when a process of the cluster does not answer.)";

inline constexpr const char* examples_kill = R"(Examples:
  troupe kill /server/s1/controller/deployment
  troupe kill /node/n1/agent      its containers keep running
  troupe kill --process n1        SIGKILL: s1, n1, bus, supervisor, ...

What is killed comes back by itself, from what is durable. 'troupe actors' lists
the addresses, 'troupe status' the processes. After a kill of the supervisor
'troupe up' starts the cluster again.)";

inline constexpr const char* examples_image = R"(Examples:
  troupe image list
  troupe image import nginx.tar --tag nginx:1.27

The archive is what 'docker save' writes, or a tar of an OCI layout.)";

inline constexpr const char* examples_server =
    R"(The supervisor starts this; to run one by hand, hand it a socket that listens:
  systemd-socket-activate --listen 127.0.0.1:6443 \
    troupe server --cluster-dir /var/lib/troupe/default --listen-fd 3

SIGTERM ends it: open requests are finished first.)";

inline constexpr const char* examples_agent =
    R"(The supervisor starts this, in the network namespace of the node. When it ends,
containers keep running; the next agent finds them again.)";

inline constexpr const char* examples_supervisor =
    R"('troupe up' starts this, with the API's socket and the cluster's lock. It keeps
the cluster's processes running, and ends them on SIGTERM.)";

inline constexpr const char* examples_publisher =
    R"(The supervisor starts this where ports are published, in the network namespace
of the server, with sockets that were opened outside of it.)";

inline constexpr const char* examples_version = R"(Examples:
  troupe version
  troupe version --output json)";

} // namespace troupe::cli
