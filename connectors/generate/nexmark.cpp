// nexmark.cpp — weir generate nexmark.
#include "connectors/generate/nexmark.h"

#include <memory>

#include "connectors/generate/event_plan.h"
#include "connectors/generate/nexmark_events.h"

namespace weir {
namespace {

constexpr std::uint64_t farthest_repetition = 10'000;

NexmarkOptions nexmark_options(const EventOptions& options) {
  NexmarkOptions nexmark;
  nexmark.table = nexmark_table(options.table);
  nexmark.events = options.count;
  nexmark.seed = options.seed;
  nexmark.base_milliseconds = options.start_seconds * 1000;
  if (options.step_nanoseconds != 0) nexmark.step_nanoseconds = options.step_nanoseconds;
  return nexmark;
}

class Nexmark final : public EventGenerator {
 public:
  explicit Nexmark(const EventOptions& options)
      : plan_(options, farthest_repetition), events_(nexmark_options(options)) {}

  void next(std::size_t limit, EventBatch& batch) override {
    batch.clear();
    for (std::size_t i = 0; i < limit && next_ < events_.size(); ++i, ++next_) {
      events_.write(plan_.source_of(next_), batch.bytes());
      batch.end_event();
    }
  }

 private:
  EventPlan plan_;
  NexmarkEvents events_;
  std::uint64_t next_ = 0;
};

}  // namespace

GeneratorSpec nexmark_generator() {
  GeneratorSpec spec;
  spec.name = "nexmark";
  spec.summary = "people, auctions and bids of the Nexmark benchmark, as JSON of about 250 bytes";
  spec.has_bad_events = false;
  spec.tables = {"all", "person", "auction", "bid"};
  spec.make = [](const EventOptions& options) { return std::make_unique<Nexmark>(options); };
  return spec;
}

}  // namespace weir
