// maxmind.h — reader of MaxMind's mmdb files.
#pragma once

#include "udf/enrich/geo_database.h"

namespace weir {

/// Whether the bytes end as an mmdb does: with metadata behind a marker.
bool is_maxmind(std::string_view bytes);

/// Understands the layouts of GeoIP2 and GeoLite2 (country.iso_code, country.names.en, subdivisions, city,
/// location, ...) and flat ones (country_code, city, ...), as DB-IP and IPinfo write them.
Result<std::shared_ptr<const GeoDatabase>> open_maxmind(const std::string& path);

}  // namespace weir
