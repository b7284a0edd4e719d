// purchase.cpp — purchases in a cosmetics shop: five categories of two products each, thirty brands, five
// ways to pay, and tills that send what they sold when they are online again.
#include "connectors/generate/purchase.h"

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "connectors/generate/bad_rows.h"
#include "connectors/generate/event_plan.h"
#include "connectors/generate/event_text.h"

namespace weir {
namespace {

constexpr std::int64_t own_step = 43'200'000;  // nanoseconds: 500,000 events in 6 hours
// A till sends again what was not confirmed, minutes later.
constexpr std::uint64_t farthest_repetition = 10'000;
constexpr std::uint32_t customer_count = 50'000;
constexpr std::uint32_t brand_count = 30;
constexpr std::uint32_t most_items = 5;
constexpr std::uint32_t lowest_cents = 200, highest_cents = 20'000;
constexpr std::int64_t too_late_from = 61 * 60, too_late_to = 120 * 60;  // seconds

struct Category {
  std::string_view name, first_product, second_product;
};
constexpr std::array<Category, 5> categories{{{"Bath & Body", "Scrub", "Soap"},
                                              {"Fragrance", "Eau", "Mist"},
                                              {"Haircare", "Mask", "Shampoo"},
                                              {"Makeup", "Lipstick", "Mascara"},
                                              {"Skincare", "Cleanser", "Serum"}}};
constexpr std::array<std::string_view, 5> payment_methods{"Cash on Delivery", "Credit Card", "Debit Card",
                                                          "Gift Card", "PayPal"};

class Purchase final : public EventGenerator {
 public:
  explicit Purchase(const EventOptions& options)
      : options_(options),
        step_(options.step_nanoseconds != 0 ? options.step_nanoseconds : own_step),
        plan_(options, farthest_repetition),
        too_late_below_(bits_of_share(options.too_late)),
        late_below_(bits_of_share(options.too_late + options.late)) {}

  void next(std::size_t limit, EventBatch& batch) override {
    batch.clear();
    for (std::size_t i = 0; i < limit && (options_.count == 0 || next_ < options_.count); ++i, ++next_) {
      const std::uint64_t source = plan_.source_of(next_);
      const std::size_t begin = batch.bytes().size();
      write_event(source, batch.bytes());
      if (plan_.is_bad(source))
        spoil_event(batch.bytes(), begin, bad_purchases(), plan_.bad_index(source));
      batch.end_event();
    }
  }

 private:
  void write_event(std::uint64_t number, std::string& out) const {
    Chance chance = plan_.chance(number);
    Text text(out);
    const Category& category = categories[chance.below(categories.size())];
    const std::uint32_t brand = 1 + chance.below(brand_count);

    text << R"({"transaction_id":")";
    write_id(plan_.unique_bits(number), chance.bits(), text);
    text << R"(","customer_id":)" << 1 + chance.below(customer_count) << R"(,"category":")" << category.name
         << (brand < 10 ? R"(","brand":"Brand0)" : R"(","brand":"Brand)") << brand << R"(","product_name":")"
         << (chance.one_in(2) ? category.first_product : category.second_product) << R"(","quantity":)"
         << 1 + chance.below(most_items) << R"(,"price":)";
    write_price(lowest_cents + chance.below(highest_cents - lowest_cents + 1), text);
    text << R"(,"payment_method":")" << payment_methods[chance.below(payment_methods.size())]
         << R"(","ts":")";
    text.time(second_of(number, chance), 'T') << R"(Z"})";
  }

  // Unique by its first half.
  static void write_id(std::uint64_t first, std::uint64_t second, Text& text) {
    text.hex(first >> 32, 8) << "-";
    text.hex(first >> 16, 4) << "-";
    text.hex(first, 4) << "-";
    text.hex(second >> 48, 4) << "-";
    text.hex(second, 12);
  }

  // As Python and JavaScript print numbers: 41.61, 187.5, 160.0.
  static void write_price(std::uint32_t cents, Text& text) {
    text << cents / 100 << "." << cents / 10 % 10;
    if (cents % 10 != 0) text << cents % 10;
  }

  std::int64_t second_of(std::uint64_t number, Chance& chance) const {
    const auto now = options_.start_seconds + static_cast<std::int64_t>(number) * step_ / 1'000'000'000;
    const std::uint64_t dice = chance.bits();
    if (dice < too_late_below_)
      return now - too_late_from - second_below(too_late_to - too_late_from + 1, chance);
    if (dice < late_below_) return now - 1 - second_below(options_.late_by_seconds, chance);
    return now;
  }
  static std::int64_t second_below(std::int64_t limit, Chance& chance) {
    return chance.below(static_cast<std::uint32_t>(limit));
  }

  EventOptions options_;
  std::int64_t step_;
  EventPlan plan_;
  std::uint64_t too_late_below_, late_below_;
  std::uint64_t next_ = 0;
};

}  // namespace

GeneratorSpec purchase_generator() {
  return {"purchase", "purchases in a cosmetics shop, many of them late, as JSON of about 220 bytes", true,
          [](const EventOptions& options) { return std::make_unique<Purchase>(options); }};
}

}  // namespace weir
