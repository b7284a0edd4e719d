// nexmark_events.h — the events of the Nexmark benchmark: people who open auctions, and bids on these.
//
// Numbers and distributions are those of the published generator (Apache Beam's and github.com/nexmark/nexmark): of 50 events 1 is
// a person, 3 are auctions and 46 are bids; ids begin at 1000; some sellers, auctions and bidders are hot.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "connectors/generate/event_plan.h"

namespace weir {

enum class NexmarkTable : std::uint8_t { person, auction, bid, all };

struct NexmarkOptions {
  NexmarkTable table = NexmarkTable::all;
  std::uint64_t events = 0;  // of all three kinds; 0: no end
  std::uint64_t seed = 1;
  std::int64_t base_milliseconds = 1'730'419'200'000;  // event time of the first event: 2024-11-01
  std::int64_t step_nanoseconds = 100'000;             // of event time, between two events
  double out_of_order = 0;  // share (0..1) of events whose time is up to out_of_order_milliseconds earlier
  std::int64_t out_of_order_milliseconds = 3000;
};

/// The records of one table (or of all), by their number from 0. Every record depends on the options and its number alone; the same
/// events are behind every table of the same options, so that sellers, auctions and bidders find each other. Immutable.
class NexmarkEvents {
 public:
  static constexpr std::uint64_t no_end = std::numeric_limits<std::int64_t>::max();

  explicit NexmarkEvents(const NexmarkOptions& options);
  /// How many records there are, or no_end.
  std::uint64_t size() const { return size_; }
  /// Appends record `number` to `out` as a JSON object: the table's columns, or {"event_type":0,"person":{...}}, 1 with "auction" and 2
  /// with "bid" for all of them.
  void write(std::uint64_t number, std::string& out) const;
  /// When record `number` comes, in microseconds of event time. Its own time is this one or, out of order, an earlier one.
  std::int64_t arrival_of(std::uint64_t number) const { return arrival_of_event(event_of(number)) * 1000; }

 private:
  std::uint64_t event_of(std::uint64_t number) const;
  std::int64_t arrival_of_event(std::uint64_t event) const;  // milliseconds
  std::int64_t time_of(std::uint64_t event) const;
  void write_person(std::uint64_t event, std::int64_t time, Chance& chance, std::string& out) const;
  void write_auction(std::uint64_t event, std::int64_t time, Chance& chance, std::string& out) const;
  void write_bid(std::uint64_t event, std::int64_t time, Chance& chance, std::string& out) const;
  void write_channel(Chance& chance, std::string& out) const;

  NexmarkOptions options_;
  std::uint64_t size_;
  std::uint64_t seed_;
  std::uint64_t out_of_order_below_;
};

/// "person", "auction", "bid", "all".
std::string_view name_of(NexmarkTable table);
/// The table of that name; `all` for any other.
NexmarkTable nexmark_table(std::string_view name);

}  // namespace weir
