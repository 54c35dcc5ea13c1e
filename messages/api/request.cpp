#include "messages/api/request.hpp"

#include "messages/base/check.hpp"

namespace troupe::api {

std::string_view to_string(verb value) {
  switch (value) {
    case verb::get:
      return "get";
    case verb::list:
      return "list";
    case verb::watch:
      return "watch";
    case verb::create:
      return "create";
    case verb::update:
      return "update";
    case verb::patch:
      return "patch";
    case verb::remove:
      return "delete";
    case verb::remove_collection:
      return "deletecollection";
  }
  TROUPE_CHECK(false, "a verb is one of its enumerators");
}

} // namespace troupe::api
