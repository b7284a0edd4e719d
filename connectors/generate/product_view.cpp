// product_view.cpp — product_view events as the shop's web servers send them: a few thousand products, some
// viewed far more than others, 50,000 visitors' addresses, a few hundred browsers, a week of dates.
#include "connectors/generate/product_view.h"

#include <fmt/format.h>

#include <array>
#include <memory>
#include <utility>

#include "connectors/generate/bad_rows.h"
#include "connectors/generate/event_plan.h"
#include "connectors/generate/event_text.h"
#include "engine/data/calendar.h"

namespace weir {
namespace {

constexpr std::uint32_t product_count = 4000;
constexpr std::uint32_t visitor_count = 50'000;
constexpr std::uint32_t agent_count = 260;
constexpr std::int64_t own_step = 20'000'000;  // nanoseconds: 50 events a second
constexpr std::uint32_t seconds_per_day = 86'400;
constexpr std::uint32_t days = 7;

struct Shop {
  std::string_view store, language, domain;
};
// The first is the home market, more than half of all views.
constexpr std::array<Shop, 7> shops{{{"6", "nl", "nl"},
                                     {"7", "de", "de"},
                                     {"12", "sv", "se"},
                                     {"2", "en", "co.uk"},
                                     {"8", "fr", "fr"},
                                     {"29", "en", "com.au"},
                                     {"1", "en", "com"}}};
constexpr std::array<std::string_view, 8> referrers{"",
                                                    "https://www.google.com/",
                                                    "https://m.youtube.com/watch?v=1",
                                                    "https://www.facebook.com/l.php?u=x",
                                                    "android-app://com.google.android.googlequicksearchbox/",
                                                    "https://www.pinterest.de/pin/1/",
                                                    "https://www.bing.com/search?q=ring",
                                                    "https://duckduckgo.com/"};
constexpr std::array<std::string_view, 4> resolutions{"412x915", "390x844", "1536x864", "1920x1080"};
constexpr std::array<std::string_view, 4> alloys{"White Gold 375", "Yellow Gold 585", "Platinum 950",
                                                 "Red Gold 585"};
constexpr std::array<std::string_view, 3> diamonds{"Diamond AAA", "Diamond AA", "Zirconia"};
constexpr std::array<std::string_view, 7> systems{"Windows NT 10.0; Win64; x64",
                                                  "Macintosh; Intel Mac OS X 10_15_7",
                                                  "X11; Linux x86_64",
                                                  "Linux; Android 14; SM-S918B",
                                                  "Linux; Android 13; Pixel 7",
                                                  "iPhone; CPU iPhone OS 17_4 like Mac OS X",
                                                  "iPad; CPU OS 16_6 like Mac OS X"};

std::string make_agent(std::uint32_t index) {
  const std::string_view system = systems[index % systems.size()];
  const std::uint32_t kind = index / systems.size() % 4;
  const std::uint32_t version = 90 + index / (4 * static_cast<std::uint32_t>(systems.size()));
  if (kind == 0)
    return fmt::format("Mozilla/5.0 ({}; rv:{}.0) Gecko/20100101 Firefox/{}.0", system, version, version);
  if (kind == 1) {
    return fmt::format(
        "Mozilla/5.0 ({}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{}.{} Safari/605.1.15", system,
        version / 6, index % 6);
  }
  const std::string chrome =
      fmt::format("Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.{}.{} Safari/537.36",
                  system, version, 4800 + index, index % 120);
  return kind == 2 ? chrome : chrome + fmt::format(" Edg/{}.0.{}.{}", version, index % 120, index % 7);
}

// A visitor's browser comes back with the same view hours later.
constexpr std::uint64_t farthest_repetition = 100'000;

class ProductView final : public EventGenerator {
 public:
  explicit ProductView(const EventOptions& options) : options_(options), plan_(options, farthest_repetition) {
    for (std::uint32_t i = 0; i < agent_count; ++i) agents_.push_back(make_agent(i));
  }

  void next(std::size_t limit, EventBatch& batch) override {
    batch.clear();
    for (std::size_t i = 0; i < limit && (options_.count == 0 || next_ < options_.count); ++i, ++next_) {
      const std::uint64_t source = plan_.source_of(next_);
      const std::size_t begin = batch.bytes().size();
      write_event(source, batch.bytes());
      if (plan_.is_bad(source))
        spoil_event(batch.bytes(), begin, bad_product_views(), plan_.bad_index(source));
      batch.end_event();
    }
  }

 private:
  void write_event(std::uint64_t number, std::string& out) const {
    Chance chance = plan_.chance(number);
    Text text(out);
    const std::uint32_t product = 80'000 + chance.skewed_below(product_count);
    const Shop& shop = shop_of(product);
    const std::int64_t seconds = second_of(number, chance);
    const std::uint64_t device = chance.bits();

    text << R"({"id":")";
    text.hex(plan_.unique_bits(number), 16).hex(chance.bits(), 8);
    text << R"(","api_version":"1.0","collection":"view_product_detail","current_url":"https://www.shop.)"
         << shop.domain << "/product-" << product << R"(.html?alloy=yellow-585","device_id":")";
    text.hex(device >> 32, 8) << "-";
    text.hex(device >> 16, 4) << "-";
    text.hex(device, 4) << "-";
    text.hex(scramble(device) >> 48, 4) << "-";
    text.hex(scramble(device), 12) << R"(","email":")";
    if (chance.one_in(7)) text << "user" << chance.below(100'000) << "@example.com";
    text << R"(","ip":")";
    write_address(chance.skewed_below(visitor_count), text);
    (text << R"(","local_time":")").time(seconds, ' ');
    write_options(chance, text << R"(","option":)");
    text << R"(,"product_id":")" << product << R"(","product_name":"Ring )" << product
         << R"( \u00e9","referrer_url":")" << referrers[chance.below(referrers.size())]
         << R"(","resolution":")" << resolutions[chance.below(resolutions.size())]
         << (chance.one_in(2) ? R"(","show_recommendation":"true")" : R"(","show_recommendation":"false")")
         << (chance.one_in(2) ? R"(,"recommendation":null)" : R"(,"recommendation":"also_bought")")
         << R"(,"store_id":")" << shop.store << R"(","language_code":")" << shop.language
         << R"(","time_stamp":)" << static_cast<std::uint64_t>(seconds) << R"(,"user_agent":")"
         << agents_[chance.skewed_below(agent_count)] << R"(","user_id_db":")";
    if (chance.one_in(10)) text << chance.below(500'000);
    constexpr std::array<std::string_view, 4> sources{"null", "null", "\"google\"", "\"newsletter\""};
    constexpr std::array<std::string_view, 4> media{"null", "null", "\"cpc\"", "\"email\""};
    text << R"(","utm_source":)" << sources[chance.below(4)] << R"(,"utm_medium":)" << media[chance.below(4)]
         << "}";
  }

  // A product is sold in one shop, so that what the tables say of it does not depend on the order of its
  // views.
  static const Shop& shop_of(std::uint32_t product) {
    const std::uint64_t dice = scramble(product) % 10;
    return dice < 6 ? shops[0] : shops[1 + scramble(product + 1) % (shops.size() - 1)];
  }

  // Time goes on with the events; one in ten comes from one of the days before.
  std::int64_t second_of(std::uint64_t number, Chance& chance) const {
    const std::int64_t step = options_.step_nanoseconds != 0 ? options_.step_nanoseconds : own_step;
    const auto now = options_.start_seconds + static_cast<std::int64_t>(number) * step / 1'000'000'000;
    return chance.one_in(10) ? now - static_cast<std::int64_t>(chance.below(days) * seconds_per_day) : now;
  }

  static void write_address(std::uint32_t visitor, Text& text) {
    const std::uint64_t bits = scramble(visitor + 1);
    if (bits % 7 == 0) {
      text << "2a02:";
      text.hex(0x1000 + (bits >> 8) % 0xEFFF, 4) << ":";
      text.hex(0x1000 + (bits >> 24) % 0xEFFF, 4) << ":";
      text.hex(0x1000 + (bits >> 40) % 0xEFFF, 4) << "::";
      text.hex(0x1000 + (bits >> 48) % 0xEFFF, 4);
      return;
    }
    text << 1 + (bits >> 8) % 222 << "." << (bits >> 24) % 256 << "." << (bits >> 32) % 256 << "."
         << 1 + (bits >> 40) % 254;
  }

  static void write_options(Chance& chance, Text& text) {
    const std::uint32_t count = chance.below(3);
    text << "[";
    if (count > 0) write_option("alloy", alloys[chance.below(alloys.size())], chance, text);
    if (count > 1) write_option("diamond", diamonds[chance.below(diamonds.size())], chance, text << ",");
    text << "]";
  }
  static void write_option(std::string_view label, std::string_view value, Chance& chance, Text& text) {
    text << R"({"option_label":")" << label << R"(","option_id":")" << chance.below(100'000)
         << R"(","value_label":")" << value << R"(","value_id":")" << chance.below(1'000'000) << R"("})";
  }

  EventOptions options_;
  EventPlan plan_;
  std::vector<std::string> agents_;
  std::uint64_t next_ = 0;
};

}  // namespace

GeneratorSpec product_view_generator() {
  return {"product_view", "views of product pages in a jewellery shop, as JSON of about 700 bytes",
          false, [](const EventOptions& options) { return std::make_unique<ProductView>(options); }};
}

}  // namespace weir
