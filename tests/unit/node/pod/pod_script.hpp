#pragma once

#include "messages/codec/document.hpp"
#include "node/pod/facts.hpp"
#include "node/pod/observed.hpp"
#include "tests/support/datadriven.hpp"

#include <string>
#include <vector>

namespace troupe::test {

/// A Pod out of YAML; throws when it is none.
codec::document read_pod(const std::string& yaml);

/// The options "emptyDir/NAME", "container/NAME" and "others", in octets.
pod::storage_use read_use(const script_command& command);

/// The words of the scripts in tests/data/pod/act:
///
///     pod             the object, as YAML; later ones are updates
///     plan            what is to be done; changes nothing
///     run             the same, begun, with the events that makes
///     fact NAME ...   what happened, with the events that makes
///     status [F]      the status, as JSON, or its field F
///     store           the status becomes the pod's
///     advance 10s     time passes
///     restart         the agent is killed and reads its record
///     record          the record
class pod_script {
public:
  pod_script();

  std::string operator()(const script_command& command);

private:
  using handler = std::string (pod_script::*)(const script_command&);

  std::string set_pod(const script_command& command);
  std::string plan(const script_command& command);
  std::string run(const script_command& command);
  std::string fact(const script_command& command);
  std::string status(const script_command& command);
  std::string store(const script_command& command);
  std::string advance(const script_command& command);
  std::string restart(const script_command& command);
  std::string record(const script_command& command);
  pod::pod_fact read_fact(const script_command& command) const;
  pod::pod_fact container_fact(const std::string& name,
                               const script_command& command) const;

  codec::document pod_;
  bool has_pod_ = false;
  pod::observed_pod observed_;
  wall_time now_;
  pod::pod_config config_;
};

} // namespace troupe::test
