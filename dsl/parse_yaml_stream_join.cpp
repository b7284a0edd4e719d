// parse_yaml_stream_join.cpp — the YAML front end: the step that joins with another stream.
#include <fmt/format.h>

#include "dsl/parse_yaml.h"

namespace weir {
namespace {

constexpr const char* join_example = "write it as {stream: shipments, keys: {order_id: id}, within: 4 hours}";
constexpr const char* bounds_example = "write it as between: [-10 minutes, 4 hours]";

// "-10 minutes"; no span of time is negative anywhere else.
std::optional<Duration> read_bound(const Config& config, YamlReader& reader) {
  const std::string text = config.is_scalar() ? config.scalar() : "";
  const std::size_t sign = text.find_first_not_of(' ');
  if (sign == std::string::npos || text[sign] != '-') return read_span(config, "between of join", reader);
  const std::optional<Duration> span = parse_duration(text.substr(sign + 1));
  if (span) return -*span;
  reader.report("W0122", config, fmt::format("between of join: expected a span of time, got '{}'", text), bounds_example);
  return std::nullopt;
}

std::optional<StreamJoinNode::Bounds> read_between(const Config& config, YamlReader& reader) {
  const auto* list = std::get_if<Config::List>(&config.value);
  if (list == nullptr || list->size() != 2) {
    reader.report("W0507", config, "between of join: expected two spans of time", bounds_example);
    return std::nullopt;
  }
  const auto lower = read_bound((*list)[0], reader), upper = read_bound((*list)[1], reader);
  if (!lower || !upper) return std::nullopt;
  if (*lower > *upper) {
    reader.report("W0507", config, "between of join: the first span is larger than the second, and no rows would match", bounds_example);
    return std::nullopt;
  }
  return StreamJoinNode::Bounds{*lower, *upper};
}

// within: 4 hours, or between: [-10 minutes, 4 hours]. False after reporting.
bool read_bounds(const Config& config, StreamJoinStep& step, YamlReader& reader) {
  const Config* within = config.find("within");
  const Config* between = config.find("between");
  if (within != nullptr && between != nullptr) {
    reader.report("W0111", between->key_where, "a join has either within or between", "within: 4 hours is between: [-4 hours, 4 hours]");
    return false;
  }
  if (between != nullptr) step.bounds = read_between(*between, reader);
  if (within != nullptr) {
    if (const std::optional<Duration> span = read_span(*within, "within of join", reader)) step.bounds = StreamJoinNode::Bounds{-*span, *span};
  }
  return step.bounds || (within == nullptr && between == nullptr);
}

}  // namespace

bool read_join_result(const Config& config, bool& is_left, std::vector<Name>& columns, std::vector<NamedExpression>& select, YamlReader& reader) {
  bool is_complete = true;
  if (const Config* type = config.find("type")) {
    const std::string text = type->is_scalar() ? type->scalar() : "";
    is_left = text == "left";
    is_complete = is_left || text == "inner";
    if (!is_complete)
      reader.report("W0110", *type, fmt::format("type of join: expected inner or left, got '{}'", text), "inner leaves rows without a match out, left gives them NULLs");
  }
  const Config* chosen = config.find("select");
  if (chosen != nullptr && chosen->is_empty()) return is_complete;
  if (chosen != nullptr && chosen->is_map()) {
    auto read = reader.columns(*chosen, "select of join");
    is_complete = is_complete && read;
    if (read) select = *std::move(read);
  } else if (chosen != nullptr) {
    columns = reader.names(*chosen, "select of join");
    is_complete = is_complete && !columns.empty();
  }
  return is_complete;
}

std::optional<Step> read_stream_join(const Config& config, YamlReader& reader) {
  StreamJoinStep step;
  step.where = config.key_where;
  if (const Config* table = config.find("table")) {
    reader.report("W0111", table->key_where, "a join is with a table or with a stream, not with both", "join one after the other");
    return std::nullopt;
  }
  reader.check_keys(config, "join", Block::stream_join);
  const std::optional<Name> stream = reader.required_name(config, "stream", "join");
  const Config* as = config.find("as");
  const std::optional<Name> name = as == nullptr ? stream : reader.name(*as, "as of join");
  bool is_complete = stream && name;
  if (is_complete) {
    step.stream = *stream;
    step.as = *name;
  }
  if (const Config* keys = config.find("keys")) {
    auto read = reader.columns(*keys, "keys of join");
    is_complete = is_complete && read;
    if (read) step.keys = *std::move(read);
  } else {
    reader.report("W0501", config, "join does not say which rows belong together", join_example);
    is_complete = false;
  }
  is_complete = read_bounds(config, step, reader) && is_complete;
  if (const Config* condition = config.find("where")) {
    step.condition = reader.expression(*condition, "where of join");
    is_complete = is_complete && step.condition != nullptr;
  }
  is_complete = read_join_result(config, step, reader) && is_complete;
  return is_complete ? std::optional<Step>(std::move(step)) : std::nullopt;
}

}  // namespace weir
