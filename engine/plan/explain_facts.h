// explain_facts.h — what explain says about a plan, gathered once for its three spellings.
#pragma once

#include <string>
#include <vector>

#include "engine/plan/report.h"
#include "engine/plan/stage.h"

namespace weir {

class JsonWriter;

struct SharedExpression {
  std::string text;
  std::size_t uses;
};

struct StageFacts {
  Stage stage;
  const ScanNode* scan;
  std::vector<std::string> unread;       // declared columns that are not decoded
  std::size_t distinct_expressions = 0;  // calls that are computed, each once
  std::vector<SharedExpression> shared;  // calls with more than one use, most used first
};

struct PlanFacts {
  const Plan* plan;
  std::string fingerprint;
  std::vector<StageFacts> stages;
  std::vector<std::size_t> written;  // by sink: its place in the write order of its connection, from 1; 0 of an outlet
  std::span<const Report> reports{};
};

Result<PlanFacts> gather_facts(const Plan& plan);
std::string guarantee(const Plan& plan, const SinkNode& sink);
std::string conflict_rule(const SinkTable& table);  // "ignore", "update newer by changed_at"
std::vector<std::string> key_names(const SinkTable& table);
std::string error_policy(const ErrorPolicy& policy);  // "reject, stop above 10 %"
/// "explode(lines) as line". `node` is an explode.
std::string explode_text(const Plan& plan, NodeId node);
/// "aggregate sum(price) by category". `node` is an aggregate.
std::string aggregate_text(const Plan& plan, NodeId node);
/// "join shops by id = shop_id". `node` is a join.
std::string join_text(const Plan& plan, NodeId node);
/// "join shipments by order_id = id within 4 h". `node` is a join of streams.
std::string stream_join_text(const Plan& plan, NodeId node);
/// "key id; read again every 10 min".
std::string table_text(const PlanTable& table);
std::string dedup_text(const DedupNode& dedup);
std::string over_text(const OverNode& over);
/// "ts, delay 1 h, late rows are kept".
std::string time_text(const EventTime& time);
/// "every 5 min".
std::string emit_text(const Emit& emit);
std::string column_text(const Field& field);          // "id string not null"

std::string explain_text(const PlanFacts& facts);
std::string explain_json(const PlanFacts& facts);
std::string explain_dot(const PlanFacts& facts);

// The reports, as part of the two that tell them.

std::string reports_text(const PlanFacts& facts);
/// A member of the object that is open; nothing where there is no report.
void write_reports(JsonWriter& json, const PlanFacts& facts);

}  // namespace weir
