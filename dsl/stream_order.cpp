// stream_order.cpp — in which order streams can be compiled: each after those it reads.
#include "dsl/stream_order.h"

#include <algorithm>
#include <map>
#include <set>

namespace weir {
namespace {

// Going from a stuck stream to a stuck one that it reads must come round at some point.
std::vector<const StreamSyntax*> find_circle(const std::vector<const StreamSyntax*>& stuck) {
  std::map<std::string, const StreamSyntax*> by_name;
  for (const StreamSyntax* stream : stuck) by_name.emplace(stream->name.text, stream);
  std::vector<const StreamSyntax*> path;
  for (const StreamSyntax* at = stuck.empty() ? nullptr : stuck.front(); at != nullptr;) {
    const auto seen = std::find(path.begin(), path.end(), at);
    if (seen != path.end()) return {seen, path.end()};
    path.push_back(at);
    const std::vector<Name> inputs = read_by(*at);
    const auto next = std::find_if(inputs.begin(), inputs.end(),
                                   [&](const Name& name) { return by_name.count(name.text) != 0; });
    at = next == inputs.end() ? nullptr : by_name[next->text];
  }
  return {};
}

}  // namespace

std::vector<Name> read_by(const StreamSyntax& stream) {
  std::vector<Name> names = stream.inputs;
  for (const Step& step : stream.steps) {
    if (const auto* join = std::get_if<StreamJoinStep>(&step)) names.push_back(join->stream);
    const auto* more = std::get_if<UnionStep>(&step);
    if (more == nullptr) continue;
    for (const Name& input : more->streams) names.push_back(input);
  }
  return names;
}

StreamOrder stream_order(const PipelineSyntax& pipeline) {
  const std::vector<StreamSyntax>& streams = pipeline.streams;
  std::map<std::string, std::vector<const StreamSyntax*>> readers;
  std::map<const StreamSyntax*, std::size_t> missing;
  std::set<std::string> defined;
  for (const StreamSyntax& stream : streams) defined.insert(stream.name.text);
  // A stream that takes a source's name by mistake is another story.
  for (const SourceSyntax& source : pipeline.sources) defined.erase(source.name.text);
  StreamOrder order;
  for (const StreamSyntax& stream : streams) {
    for (const Name& input : read_by(stream)) {
      if (defined.count(input.text) == 0) continue;
      readers[input.text].push_back(&stream);
      ++missing[&stream];
    }
    if (missing[&stream] == 0) order.streams.push_back(&stream);
  }
  for (std::size_t at = 0; at < order.streams.size(); ++at) {
    // Each name is freed once, even where two streams bear it by mistake.
    const auto waiting = readers.find(order.streams[at]->name.text);
    if (waiting == readers.end()) continue;
    for (const StreamSyntax* reader : waiting->second) {
      if (--missing[reader] == 0) order.streams.push_back(reader);
    }
    readers.erase(waiting);
  }
  for (const StreamSyntax& stream : streams) {
    if (missing[&stream] != 0) order.stuck.push_back(&stream);
  }
  order.circle = find_circle(order.stuck);
  return order;
}

}  // namespace weir
