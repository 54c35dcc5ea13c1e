#pragma once

#include "messages/codec/validate/pod_checks.hpp"
#include "messages/codec/validate/warning_texts.hpp"
#include "messages/meta/selector.hpp"

/// What the kinds that make pods of a template share (upstream's
/// pkg/apis/apps/validation and pkg/apis/core/validation).
namespace troupe::codec {

/// The defaults of a PodTemplateSpec.
void fill_template(document& doc, node& wanted);

void check_template(core::pod_template_spec wanted, const spot& here);

/// As `check_template`, where pods are kept running by a `kind` whose
/// `selector` matches them. `here` is the template's.
void check_kept_template(core::pod_template_spec wanted,
                         const meta::label_selector& selector,
                         std::string_view kind, const spot& here);

/// A selector that must be there and not be empty, of a Deployment or a
/// ReplicaSet, and the template at `template_spot`.
void check_selected_template(view::meta_v1::label_selector selector,
                             core::pod_template_spec wanted,
                             const spot& selector_spot,
                             const spot& template_spot);

/// A selector that stays as it is.
void check_same_selector(view::meta_v1::label_selector next,
                         view::meta_v1::label_selector old, const spot& here);

/// `path` is the template's.
void warn_template(core::pod_template_spec wanted, std::string_view path,
                   warning_list& out);

/// The name is a part of the names of pods and hosts.
void warn_name(std::string_view name, warning_list& out);

} // namespace troupe::codec
