#pragma once

#include "messages/schema/descriptor.hpp"

/// A kind with every structure that patches and ownership tell apart:
///
///     metadata            ObjectMeta
///     spec                object, always there
///       replicas          int32 by pointer
///       containers        keyed list, merges by name
///         name, image     strings
///         args            atomic list
///         ports           keyed list by containerPort and protocol (TCP)
///         env             list that merges by name, atomic for ownership
///       strategy          object with retainKeys
///         type            string
///         rolling         object by pointer { surge int32 }
///       tags              set of strings, merges
///       selector          atomic map
///       options           map of strings
namespace troupe::test {

const schema::type_desc& widget_type();

} // namespace troupe::test
