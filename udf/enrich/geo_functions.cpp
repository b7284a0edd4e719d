// geo_functions.cpp — ip_country_code, ip_city and the rest of what geo databases hold.
#include <fmt/format.h>

#include "engine/base/counters.h"
#include "engine/data/utf8.h"
#include "engine/expression/functions/kernels.h"
#include "udf/enrich/enrichment_families.h"
#include "udf/enrich/geo_file.h"

namespace weir {
namespace {

/// Lookups that gave NULL, by reason, since the last count.
struct Misses {
  std::uint64_t malformed = 0;
  std::uint64_t is_private = 0;
  std::uint64_t unknown = 0;
};

/// The lines of the summary at a run's end. Results that were remembered are not counted again.
class MissCounters {
 public:
  void add(const Misses& misses) const {
    if (misses.malformed != 0) malformed_.add(misses.malformed);
    if (misses.is_private != 0) private_.add(misses.is_private);
    if (misses.unknown != 0) unknown_.add(misses.unknown);
  }

 private:
  Counter& malformed_ = counter("geo lookups of malformed addresses");
  Counter& private_ = counter("geo lookups of private or reserved addresses");
  Counter& unknown_ = counter("geo lookups not in the database");
};

class GeoKernel final : public Kernel {
 public:
  GeoKernel(std::shared_ptr<GeoFile> file, GeoField field, Type type)
      : file_(std::move(file)), field_(field), type_(type) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const std::shared_ptr<const GeoDatabase> database = file_->current(context.now_microseconds);
    const Column& texts = arguments[0];
    ColumnWriter writer(type_, context.rows, context.arena);
    Misses misses;
    Group group;
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (texts.is_null(row)) continue;
      const auto address = address_of(texts.text_at(row), misses);
      if (!address) continue;
      group.addresses[group.size] = *address;
      group.rows[group.size++] = row;
      if (group.size == group.rows.size()) look_up(group, *database, writer, misses);
    }
    look_up(group, *database, writer, misses);
    counters_.add(misses);
    return writer.finish();
  }

  std::uint64_t generation(const EvaluationContext& context) const override {
    return file_->generation(context.now_microseconds);
  }

 private:
  static std::optional<IpAddress> address_of(std::string_view text, Misses& misses) {
    const auto parsed = parse_ip_address(text);
    if (!parsed) {
      ++misses.malformed;
      return std::nullopt;
    }
    const IpAddress address = without_tunnel(*parsed);
    if (!is_reserved(address)) return address;
    ++misses.is_private;
    return std::nullopt;
  }

  /// Rows that are looked up together.
  struct Group {
    std::array<IpAddress, 32> addresses;
    std::array<std::uint32_t, 32> rows;
    std::size_t size = 0;
  };

  void look_up(Group& group, const GeoDatabase& database, ColumnWriter& writer, Misses& misses) const {
    std::array<GeoRecord, 32> records;
    database.find({group.addresses.data(), group.size}, records);
    for (std::size_t i = 0; i < group.size; ++i) {
      const bool is_known = records[i] != no_record && write(writer, group.rows[i], database, records[i]);
      if (!is_known) ++misses.unknown;
    }
    group.size = 0;
  }

  bool write(ColumnWriter& writer, std::uint32_t row, const GeoDatabase& database, GeoRecord record) const {
    if (type_ == float64_type) {
      const auto degrees = database.coordinate(record, field_);
      if (degrees) writer.set(row, *degrees);
      return degrees.has_value();
    }
    GeoDatabase::Scratch scratch;
    const auto text = database.text(record, field_, scratch);
    // A damaged file must not put into a column what no database takes as text.
    if (!text || text->find('\0') != text->npos || !is_valid_utf8(*text)) return false;
    writer.set_text(row, *text);
    return true;
  }

  std::shared_ptr<GeoFile> file_;
  GeoField field_;
  Type type_;
  MissCounters counters_;
};

/// Without a database nothing is known.
class NullKernel final : public Kernel {
 public:
  explicit NullKernel(Type type) : type_(type) {}
  Column evaluate(std::span<const Column>, EvaluationContext& context) const override {
    return ColumnWriter(type_, context.rows, context.arena).finish();
  }

 private:
  Type type_;
};

struct GeoFunction {
  GeoField field;
  const char* name;
  const char* what;
  const char* example;
};

constexpr GeoFunction geo_functions[] = {
    {GeoField::country_code, "ip_country_code", "The ISO 3166 code of the country", "US"},
    {GeoField::country_name, "ip_country_name", "The name of the country", "United States of America"},
    {GeoField::region, "ip_region", "The region or state", "California"},
    {GeoField::city, "ip_city", "The city", "Mountain View"},
    {GeoField::isp, "ip_isp", "The internet service provider", "Google LLC"},
    {GeoField::latitude, "ip_latitude", "The latitude in degrees", "37.40599"},
    {GeoField::longitude, "ip_longitude", "The longitude in degrees", "-122.078514"},
    {GeoField::domain, "ip_domain", "The domain of the network's owner", "google.com"},
    {GeoField::zip_code, "ip_zip_code", "The postal code", "94043"},
    {GeoField::time_zone, "ip_time_zone", "The time zone, as the database writes it", "-07:00"},
    {GeoField::net_speed, "ip_net_speed", "The speed of the connection (DIAL, DSL, COMP, T1)", "T1"},
    {GeoField::idd_code, "ip_idd_code", "The country's telephone prefix", "1"},
    {GeoField::area_code, "ip_area_code", "The telephone area code", "650"},
    {GeoField::weather_station_code, "ip_weather_station_code", "The code of the nearest weather station",
     "USCA0746"},
    {GeoField::weather_station_name, "ip_weather_station_name", "The name of the nearest weather station",
     "Mountain View"},
    {GeoField::mcc, "ip_mcc", "The mobile country code", "310"},
    {GeoField::mnc, "ip_mnc", "The mobile network code", "004"},
    {GeoField::mobile_brand, "ip_mobile_brand", "The mobile operator", "Verizon"},
    {GeoField::elevation, "ip_elevation", "The elevation in metres, as the database writes it", "32"},
    {GeoField::usage_type, "ip_usage_type", "What the network is used for (COM, ISP, DCH, ...)", "DCH"},
    {GeoField::address_type, "ip_address_type", "The type of the address (U unicast, A anycast, ...)", "A"},
    {GeoField::category, "ip_category", "The IAB category of the domain", "IAB19-11"},
    {GeoField::district, "ip_district", "The district or county", "Santa Clara County"},
    {GeoField::asn, "ip_asn", "The number of the autonomous system", "15169"},
    {GeoField::as_name, "ip_as_name", "The name of the autonomous system", "Google LLC"},
};

KernelResult prepare_geo(GeoFiles& files, const GeoFunction& function, const CallSite& site) {
  const bool is_null = site.constants[1] != nullptr && site.constants[1]->is_null();
  const std::string* const path = constant_text(site, 1);
  if (path == nullptr && !is_null)
    return call_error(fmt::format("{}: the database must be a literal, not a column", function.name));
  if (is_null || path->empty()) return kernel_of<NullKernel>(site.result);
  auto file = files.open(*path);
  if (!file.ok()) return std::move(file).error().in(fmt::format("{}: geo database", function.name));
  // Asked at no time in particular: it was opened just now, or is looked at when the first row comes.
  const auto database = (*file)->current(0);
  if (!database->has(function.field))
    return call_error(
        fmt::format("{}: {} ({}) does not have this", function.name, *path, database->description()));
  return kernel_of<GeoKernel>(std::move(file).value(), function.field, site.result);
}

}  // namespace

void register_geo(FunctionRegistry& registry) {
  const auto files = std::make_shared<GeoFiles>();
  for (const GeoFunction& function : geo_functions) {
    const bool is_number = function.field == GeoField::latitude || function.field == GeoField::longitude;
    const Type type = is_number ? float64_type : string_type;
    add(registry,
        {.name = function.name,
         .family = "geo",
         .signature = fmt::format("{}(ip string[, database string]) -> {}", function.name, to_string(type)),
         .summary = fmt::format(
             "{} of an address, from an IP2Location BIN or MaxMind mmdb file: the setting geo_database, or "
             "the second argument; NULL where the file does not know, for private and malformed "
             "addresses, and where the file's name is empty.",
             function.what),
         .examples = {{fmt::format("{}('8.8.8.8', 'geo.bin')", function.name), function.example},
                      {fmt::format("{}('192.168.1.1', 'geo.bin')", function.name), "NULL"},
                      {fmt::format("{}('8.8.8.8', '')", function.name), "NULL"}},
         .overloads = {nullable(prepared(
             {"string", "string"}, type,
             [files, &function](const CallSite& site) { return prepare_geo(*files, function, site); }))},
         .expensive = true,
         .setting = "geo_database"});
  }
}

}  // namespace weir
