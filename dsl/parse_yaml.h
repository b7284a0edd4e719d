// parse_yaml.h — from a tree of settings, which both spellings become, to the syntax tree.
#pragma once

#include <optional>

#include "dsl/syntax.h"
#include "dsl/yaml_reader.h"

namespace weir {

/// Reads a whole pipeline, reporting every key and value that is not of the language. Nothing if the tree is
/// no pipeline at all.
std::optional<PipelineSyntax> read_pipeline(const SettingsTree& tree, Diagnostics& diagnostics);

// The parts, each in its file. `what` names the owner in messages: "source views", "stream enriched".

TableSyntax read_table(const Name& name, const Config& config, YamlReader& reader);
std::optional<Step> read_join(const Config& config, YamlReader& reader);
/// The step join where it names a stream.
std::optional<Step> read_stream_join(const Config& config, YamlReader& reader);
/// type and select of a join, with a table or a stream: a list names columns of what is joined, a map gives names to expressions. Whether all is good.
bool read_join_result(const Config& config, bool& is_left, std::vector<Name>& columns, std::vector<NamedExpression>& select, YamlReader& reader);
template <typename AnyJoinStep>
bool read_join_result(const Config& config, AnyJoinStep& step, YamlReader& reader) {
  step.has_select = config.find("select") != nullptr;
  return read_join_result(config, step.is_left, step.columns, step.select, reader);
}
SourceSyntax read_source(const Name& name, const Config& config, YamlReader& reader);
/// Adds the steps of a list up to the first that cannot be read; returns whether all could.
bool read_steps(const Config& config, const std::string& what, std::vector<Step>& steps, YamlReader& reader);
ReportSyntax read_report(const Name& name, const Config& config, YamlReader& reader);
/// The section `tests`. What cannot be read is reported and left out.
std::vector<TestSyntax> read_tests(const Config& config, YamlReader& reader);
/// The names under `input` or `inputs`; empty after reporting.
std::vector<Name> read_inputs(const Config& config, const std::string& what, YamlReader& reader);
/// The event time of a source whose name is set.
void read_time(const Config& config, SourceSyntax& source, YamlReader& reader);
/// "5 minutes", or an interval as in SQL; nothing after reporting.
std::optional<Duration> read_span(const Config& config, const std::string& what, YamlReader& reader);
std::optional<Emit> read_emit(const Config& config, const std::string& what, YamlReader& reader);
FunctionSyntax read_function(const Name& name, const Config& config, YamlReader& reader);
SinkSyntax read_sink(const Name& name, const Config& config, YamlReader& reader);

}  // namespace weir
