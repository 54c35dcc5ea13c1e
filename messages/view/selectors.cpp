#include "messages/view/selectors.hpp"

namespace troupe::view {

result<meta::label_selector> to_selector(meta_v1::label_selector from) {
  if (!from)
    return meta::label_selector::nothing();
  std::vector<std::pair<std::string, std::string>> labels;
  for (auto [key, value] : from.match_labels())
    labels.emplace_back(key, value);
  std::vector<meta::match_expression> expressions;
  for (auto one : from.match_expressions()) {
    meta::match_expression expression{
        std::string{one.key()}, std::string{one.operator_()}, {}};
    for (auto value : one.values())
      expression.values.emplace_back(value);
    expressions.push_back(std::move(expression));
  }
  return meta::to_selector(labels, expressions);
}

} // namespace troupe::view
