// headers_json.h — the headers of a message as the text of a JSON object.
#pragma once

#include <librdkafka/rdkafka.h>

#include <string>

namespace weir {

/// {"name": "value", ...}; of equal names the last one stays, as Kafka's own lastHeader has it. A missing
/// value is null; one that is not UTF-8 becomes its base64 text. Empty where the message has no headers.
std::string headers_json(const rd_kafka_message_t& message);

}  // namespace weir
