// nexmark_events.cpp — people, auctions and bids, each made of its number.
#include "connectors/generate/nexmark_events.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "connectors/generate/event_text.h"

namespace weir {
namespace {

// Of every `cycle` events the first is a person, the next three are auctions.
constexpr std::uint64_t cycle = 50, people_of_cycle = 1, auctions_of_cycle = 3, bids_of_cycle = 46;
constexpr std::uint64_t first_id = 1000, first_category = 10;
constexpr std::uint32_t category_count = 5;
// One auction, seller or bidder of a hundred is hot; so large a part of the rows is about hot ones.
constexpr std::uint64_t hot_group = 100;
constexpr std::uint32_t cold_auctions_one_in = 2, cold_sellers_one_in = 4, cold_bidders_one_in = 4;
// Who is still there: the latest so many, and a few that are to come.
constexpr std::uint64_t active_people = 1000, active_auctions = 100, lead = 10;
// Idealized bytes of a row, which `extra` fills up, give or take a fifth.
constexpr std::uint32_t person_bytes = 200, auction_bytes = 500, bid_bytes = 100;
constexpr std::uint32_t channel_count = 10'000;
constexpr std::uint32_t shortest_text = 3;

constexpr std::array<std::string_view, 6> states{"AZ", "CA", "ID", "OR", "WA", "WY"};
constexpr std::array<std::string_view, 10> cities{"Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland",
                                                  "Bend",    "Redmond",     "Seattle",       "Kent",  "Cheyenne"};
constexpr std::array<std::string_view, 11> first_names{"Peter", "Paul",  "Luke",  "John",   "Saul",  "Vicky",
                                                       "Kate",  "Julie", "Sarah", "Deiter", "Walter"};
constexpr std::array<std::string_view, 9> last_names{"Shultz", "Abrams", "Spencer", "White", "Bartels",
                                                     "Walton", "Smith",  "Jones",   "Noris"};
constexpr std::array<std::string_view, 4> hot_channels{"Google", "Facebook", "Baidu", "Apple"};

template <std::size_t count>
std::string_view one_of(const std::array<std::string_view, count>& list, Chance& chance) {
  return list[chance.below(count)];
}

NexmarkTable table_of(std::uint64_t event) {
  const std::uint64_t place = event % cycle;
  if (place < people_of_cycle) return NexmarkTable::person;
  return place < people_of_cycle + auctions_of_cycle ? NexmarkTable::auction : NexmarkTable::bid;
}

// Both count from 0 and go with the event, or the latest of their kind before it.
std::uint64_t latest_person(std::uint64_t event) { return event / cycle; }
std::uint64_t latest_auction(std::uint64_t event) {
  const std::uint64_t place = std::min(event % cycle, people_of_cycle + auctions_of_cycle - 1);
  return event / cycle * auctions_of_cycle + place - people_of_cycle;
}

std::uint64_t any_person(std::uint64_t event, Chance& chance) {
  const std::uint64_t known = latest_person(event) + 1;
  const std::uint64_t active = std::min(known, active_people);
  return known - active + chance.below(static_cast<std::uint32_t>(active + lead));
}

std::uint64_t any_auction(std::uint64_t event, Chance& chance) {
  const std::uint64_t latest = latest_auction(event);
  const std::uint64_t first = latest - std::min(latest, active_auctions);
  return first + chance.below(static_cast<std::uint32_t>(latest - first + 1 + lead));
}

// Log-uniform from 100 to 100,000,000.
std::uint64_t price(Chance& chance) {
  const double part = static_cast<double>(chance.bits() >> 11) * 0x1p-53;
  return static_cast<std::uint64_t>(std::llround(std::pow(10.0, part * 6) * 100));
}

char letter(std::uint64_t bits16) { return static_cast<char>('a' + (bits16 * 26 >> 16)); }

void write_letters(std::size_t count, Chance& chance, std::string& out) {
  const std::size_t begin = out.size();
  out.resize(begin + count);
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < count; ++i, bits >>= 16) {
    if (i % 4 == 0) bits = chance.bits();
    out[begin + i] = letter(bits & 0xFFFF);
  }
}

/// Fewer letters than `limit`, at least three, of which one in 13 is a `gap`; blanks at either end are taken off. Returns how many are left.
std::size_t write_text(std::uint32_t limit, char gap, Chance& chance, std::string& out) {
  std::uint32_t count = shortest_text + chance.below(limit - shortest_text);
  const std::size_t begin = out.size();
  while (count-- > 0) {
    const std::uint64_t bits = chance.bits();
    const bool is_gap = (bits >> 32) * 13 >> 32 == 0;
    if (!is_gap) out += letter(bits & 0xFFFF);
    if (is_gap && (gap != ' ' || out.size() > begin)) out += gap;
  }
  while (out.size() > begin && out.back() == ' ') out.pop_back();
  return out.size() - begin;
}

/// What is missing of `bytes` on an average.
void write_extra(std::size_t used, std::uint32_t bytes, Chance& chance, std::string& out) {
  out += R"(,"extra":")";
  if (used < bytes) {
    const auto missing = static_cast<std::uint32_t>(bytes - used);
    const std::uint32_t fifth = (missing + 2) / 5;
    write_letters(missing - fifth + (fifth == 0 ? 0 : chance.below(2 * fifth)), chance, out);
  }
  out += '"';
}

void write_time(std::int64_t milliseconds, Text& text) {
  text.time(milliseconds / 1000, 'T');
  const auto part = static_cast<std::uint64_t>(milliseconds % 1000);
  text << (part < 10 ? ".00" : part < 100 ? ".0" : ".") << part << "Z";
}

void write_url(std::uint64_t seed, Text& text, std::string& out) {
  Chance chance(seed);
  text << "https://www.nexmark.com/";
  for (int part = 0; part < 3; ++part) {
    write_text(5, '_', chance, out);
    out += '/';
  }
  text << "item.htm?query=1";
}

std::uint32_t reversed(std::uint32_t bits) {
  bits = (bits >> 1 & 0x55555555) | (bits & 0x55555555) << 1;
  bits = (bits >> 2 & 0x33333333) | (bits & 0x33333333) << 2;
  bits = (bits >> 4 & 0x0F0F0F0F) | (bits & 0x0F0F0F0F) << 4;
  bits = (bits >> 8 & 0x00FF00FF) | (bits & 0x00FF00FF) << 8;
  return std::rotl(bits, 16);
}

std::uint64_t count_of(NexmarkTable table, std::uint64_t events) {
  const std::uint64_t cycles = events / cycle;
  const std::uint64_t rest = events % cycle;
  const std::uint64_t people = std::min(rest, people_of_cycle);
  const std::uint64_t auctions = std::min(rest - people, auctions_of_cycle);
  switch (table) {
    case NexmarkTable::person: return cycles * people_of_cycle + people;
    case NexmarkTable::auction: return cycles * auctions_of_cycle + auctions;
    case NexmarkTable::bid: return cycles * bids_of_cycle + rest - people - auctions;
    case NexmarkTable::all: break;
  }
  return events;
}

}  // namespace

std::string_view name_of(NexmarkTable table) {
  constexpr std::array<std::string_view, 4> names{"person", "auction", "bid", "all"};
  return names[static_cast<std::size_t>(table)];
}

NexmarkTable nexmark_table(std::string_view name) {
  for (const NexmarkTable table : {NexmarkTable::person, NexmarkTable::auction, NexmarkTable::bid}) {
    if (name == name_of(table)) return table;
  }
  return NexmarkTable::all;
}

NexmarkEvents::NexmarkEvents(const NexmarkOptions& options)
    : options_(options),
      size_(options.events == 0 ? no_end : count_of(options.table, options.events)),
      seed_(scramble(options.seed)),
      out_of_order_below_(bits_of_share(options.out_of_order)) {}

void NexmarkEvents::write(std::uint64_t number, std::string& out) const {
  const std::uint64_t event = event_of(number);
  Chance chance(seed_ + 0x2545F4914F6CDD1D * (event + 1));
  const std::int64_t time = time_of(event);
  const NexmarkTable table = table_of(event);
  const bool is_one_of_all = options_.table == NexmarkTable::all;
  if (table == NexmarkTable::person) {
    if (is_one_of_all) out += R"({"event_type":0,"person":)";
    write_person(event, time, chance, out);
  } else if (table == NexmarkTable::auction) {
    if (is_one_of_all) out += R"({"event_type":1,"auction":)";
    write_auction(event, time, chance, out);
  } else {
    if (is_one_of_all) out += R"({"event_type":2,"bid":)";
    write_bid(event, time, chance, out);
  }
  if (is_one_of_all) out += '}';
}

std::uint64_t NexmarkEvents::event_of(std::uint64_t number) const {
  switch (options_.table) {
    case NexmarkTable::person: return number * cycle;
    case NexmarkTable::auction:
      return number / auctions_of_cycle * cycle + people_of_cycle + number % auctions_of_cycle;
    case NexmarkTable::bid:
      return number / bids_of_cycle * cycle + people_of_cycle + auctions_of_cycle + number % bids_of_cycle;
    case NexmarkTable::all: break;
  }
  return number;
}

std::int64_t NexmarkEvents::arrival_of_event(std::uint64_t event) const {
  return options_.base_milliseconds + static_cast<std::int64_t>(event) * options_.step_nanoseconds / 1'000'000;
}

// By dice of its own, so that events are the same in order and out of order but for their times.
std::int64_t NexmarkEvents::time_of(std::uint64_t event) const {
  const std::int64_t arrival = arrival_of_event(event);
  if (out_of_order_below_ == 0) return arrival;
  Chance chance(seed_ ^ scramble(event));
  if (chance.bits() >= out_of_order_below_) return arrival;
  return arrival - 1 - chance.below(static_cast<std::uint32_t>(options_.out_of_order_milliseconds));
}

void NexmarkEvents::write_person(std::uint64_t event, std::int64_t time, Chance& chance, std::string& out) const {
  Text text(out);
  const std::string_view first_name = one_of(first_names, chance);
  const std::string_view last_name = one_of(last_names, chance);
  std::size_t used = 8 + first_name.size() + 1 + last_name.size();
  text << R"({"id":)" << first_id + latest_person(event) << R"(,"name":")" << first_name << " " << last_name
       << R"(","emailAddress":")";
  used += write_text(7, ' ', chance, out);
  out += '@';
  used += write_text(5, ' ', chance, out) + std::string_view("@.com").size();
  text << R"(.com","creditCard":")";
  for (int group = 0; group < 4; ++group) {
    if (group > 0) out += ' ';
    for (std::uint32_t digits = chance.below(10'000), unit = 1000; unit > 0; unit /= 10)
      out += static_cast<char>('0' + digits / unit % 10);
  }
  const std::string_view city = one_of(cities, chance);
  const std::string_view state = one_of(states, chance);
  used += std::string_view("1234 5678 9012 3456").size() + city.size() + state.size();
  text << R"(","city":")" << city << R"(","state":")" << state << R"(","dateTime":")";
  write_time(time, text);
  out += '"';
  write_extra(used, person_bytes, chance, out);
  out += '}';
}

void NexmarkEvents::write_auction(std::uint64_t event, std::int64_t time, Chance& chance, std::string& out) const {
  Text text(out);
  const bool is_hot = chance.below(cold_sellers_one_in) > 0;
  const std::uint64_t seller = is_hot ? latest_person(event) / hot_group * hot_group : any_person(event, chance);
  const std::uint64_t category = first_category + chance.below(category_count);
  const std::uint64_t initial_bid = price(chance);
  // As long as it takes, on an average, until all auctions that are open now have been followed by others.
  const std::int64_t horizon =
      arrival_of_event(event + active_auctions * cycle / auctions_of_cycle) - arrival_of_event(event);
  const auto longest = static_cast<std::uint64_t>(std::max<std::int64_t>(2 * horizon, 1));
  const std::int64_t expires = time + 1 + static_cast<std::int64_t>(chance.bits() % longest);

  text << R"({"id":)" << first_id + latest_auction(event) << R"(,"itemName":")";
  std::size_t used = 48 + write_text(20, ' ', chance, out);
  text << R"(","description":")";
  used += write_text(100, ' ', chance, out);
  text << R"(","initialBid":)" << initial_bid << R"(,"reserve":)" << initial_bid + price(chance) << R"(,"dateTime":")";
  write_time(time, text);
  text << R"(","expires":")";
  write_time(expires, text);
  text << R"(","seller":)" << first_id + seller << R"(,"category":)" << category;
  write_extra(used, auction_bytes, chance, out);
  out += '}';
}

void NexmarkEvents::write_bid(std::uint64_t event, std::int64_t time, Chance& chance, std::string& out) const {
  Text text(out);
  const bool is_hot = chance.below(cold_auctions_one_in) > 0;
  const std::uint64_t auction = is_hot ? latest_auction(event) / hot_group * hot_group : any_auction(event, chance);
  // The second of its group, so that hot bidders are not the hot sellers.
  const bool is_hot_bidder = chance.below(cold_bidders_one_in) > 0;
  const std::uint64_t bidder =
      is_hot_bidder ? latest_person(event) / hot_group * hot_group + 1 : any_person(event, chance);
  text << R"({"auction":)" << first_id + auction << R"(,"bidder":)" << first_id + bidder << R"(,"price":)"
       << price(chance);
  write_channel(chance, out);
  text << R"(","dateTime":")";
  write_time(time, text);
  out += '"';
  write_extra(32, bid_bytes, chance, out);
  out += '}';
}

// Half of all bids come by one of four hot channels, the others by one of 10,000. Each has its url, nine of ten cold ones with an id.
void NexmarkEvents::write_channel(Chance& chance, std::string& out) const {
  Text text(out);
  text << R"(,"channel":")";
  if (chance.one_in(2)) {
    const std::uint32_t channel = chance.below(hot_channels.size());
    text << hot_channels[channel] << R"(","url":")";
    return write_url(scramble(seed_ - 1 - channel), text, out);
  }
  const std::uint32_t channel = chance.below(channel_count);
  text << "channel-" << channel << R"(","url":")";
  const std::uint64_t url = scramble(seed_ + channel);
  write_url(url, text, out);
  if (url % 10 == 0) return;
  const auto id = static_cast<std::int32_t>(reversed(channel));
  text << "&channel_id=" << static_cast<std::uint64_t>(std::abs(static_cast<std::int64_t>(id)));
}

}  // namespace weir
