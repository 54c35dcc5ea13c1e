#include "actors/singleton/lease_document.hpp"

#include "messages/meta/names.hpp"
#include "messages/meta/time.hpp"
#include "messages/schema/ids/coordination_v1.hpp"
#include "messages/schema/ids/meta_v1.hpp"
#include "messages/schema/registry.hpp"
#include "messages/view/coordination_v1.hpp"

#include <array>

namespace troupe::singleton {

namespace ids = schema::ids;
using view::coordination_v1::lease;

std::string holder_of(const codec::document& from) {
  return std::string{lease{from}.spec().holder_identity()};
}

std::optional<duration> duration_of(const codec::document& from) {
  const auto seconds = lease{from}.spec().lease_duration_seconds();
  if (seconds <= 0)
    return std::nullopt;
  return std::chrono::seconds{seconds};
}

std::string renew_time_of(const codec::document& from) {
  return std::string{lease{from}.spec().renew_time()};
}

std::string time_text(wall_time when) {
  return meta::format_micro_time(when);
}

std::string new_identity(prng& random) {
  std::array<std::uint8_t, 16> octets;
  for (auto& octet : octets)
    octet = static_cast<std::uint8_t>(random.next());
  return meta::uuid_text(octets);
}

std::shared_ptr<const codec::document>
make_lease(const lease_values& values, const codec::document* before) {
  namespace fields = ids::lease_spec;
  auto doc = before != nullptr ? before->clone()
                               : codec::document{schema::find_kind_type(
                                   {"coordination.k8s.io", "v1", "Lease"})};
  const auto set = [&doc](codec::node& to, codec::field_id id,
                          const std::string& text) {
    doc.set(to, id, doc.make_string(text));
  };
  auto& metadata = doc.object_at(doc.root(), ids::lease::metadata);
  set(metadata, ids::object_meta::name, values.name);
  set(metadata, ids::object_meta::namespace_, values.ns);
  auto& spec = doc.object_at(doc.root(), ids::lease::spec);
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(values.lasts);
  if (values.anew) {
    const auto transitions =
        before != nullptr ? lease{*before}.spec().lease_transitions() + 1 : 0;
    doc.set(spec, fields::lease_transitions, doc.make_integer(transitions));
    set(spec, fields::acquire_time, values.renew_time);
  }
  set(spec, fields::holder_identity, values.holder);
  doc.set(spec, fields::lease_duration_seconds,
          doc.make_integer(seconds.count()));
  set(spec, fields::renew_time, values.renew_time);
  return std::make_shared<const codec::document>(std::move(doc));
}

std::shared_ptr<const codec::document> free_lease(const codec::document& held,
                                                  const std::string& time) {
  namespace fields = ids::lease_spec;
  auto doc = held.clone();
  auto& spec = doc.object_at(doc.root(), ids::lease::spec);
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(free_lease_duration);
  doc.set(spec, fields::holder_identity, doc.make_string(""));
  doc.set(spec, fields::lease_duration_seconds,
          doc.make_integer(seconds.count()));
  for (const auto field : {fields::acquire_time, fields::renew_time})
    doc.set(spec, field, doc.make_string(time));
  return std::make_shared<const codec::document>(std::move(doc));
}

} // namespace troupe::singleton
