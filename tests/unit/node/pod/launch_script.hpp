#pragma once

#include "messages/codec/document.hpp"
#include "node/pod/launch.hpp"
#include "node/pod/sandbox_files.hpp"
#include "tests/support/datadriven.hpp"

#include <string>

namespace troupe::test {

/// The words of the scripts in tests/data/pod/launch:
///
///     pod                    the object, as YAML
///     image entrypoint=a,b cmd=c env=A=1,B=2 user=u workdir=/w signal=QUIT
///     configmap NAME k=v     a ConfigMap that exists
///     secret NAME k=v
///     volume NAME PATH [ro|file]  where a volume is
///     launch CONTAINER       the launch record
///     sandbox                what the containers share, hosts file included
///     resources              requests, limits, class and cgroups
///     resolv [cluster=IP]    resolv.conf, the input being the node's
class launch_script {
public:
  launch_script();

  std::string operator()(const script_command& command);

private:
  using handler = std::string (launch_script::*)(const script_command&);

  std::string set_pod(const script_command& command);
  std::string set_image(const script_command& command);
  std::string set_config_map(const script_command& command);
  std::string set_secret(const script_command& command);
  std::string set_volume(const script_command& command);
  std::string launch(const script_command& command);
  std::string sandbox(const script_command& command);
  std::string resources(const script_command& command);
  std::string resolv(const script_command& command);

  codec::document pod_;
  pod::launch_context context_;
};

} // namespace troupe::test
