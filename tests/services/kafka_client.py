"""Topics and messages of a broker through librdkafka, the library Weir itself uses, without starting a JVM for each."""
import ctypes
import contextlib
import time

_PRODUCER, _CONSUMER = 0, 1
_CREATE_TOPICS, _DELETE_TOPICS, _CREATE_PARTITIONS, _DELETE_RECORDS = 1, 2, 3, 6  # rd_kafka_admin_op_t
_BLOCK, _COPY = 4, 2      # RD_KAFKA_MSG_F_*
_QUEUE_FULL = -184
_BEGINNING = -2           # RD_KAFKA_OFFSET_BEGINNING


def _library() -> ctypes.CDLL:
    library = ctypes.CDLL("librdkafka.so.1")
    for name in ("conf_new", "new", "topic_new", "NewTopic_new", "DeleteTopic_new", "NewPartitions_new", "AdminOptions_new", "queue_new",
                 "queue_poll", "event_CreateTopics_result", "event_DeleteTopics_result", "event_CreatePartitions_result",
                 "CreateTopics_result_topics", "DeleteTopics_result_topics", "CreatePartitions_result_topics", "topic_partition_list_new",
                 "topic_partition_list_add", "DeleteRecords_new"):
        getattr(library, "rd_kafka_" + name).restype = ctypes.c_void_p
    library.rd_kafka_consume_batch.restype = ctypes.c_ssize_t
    for name in ("topic_result_error_string", "event_error_string", "err2str"):
        getattr(library, "rd_kafka_" + name).restype = ctypes.c_char_p
    return library


class KafkaError(RuntimeError):
    pass


class KafkaClient:
    """One connection to a broker; close() it, or use it in a with statement."""

    def __init__(self, bootstrap: str, **properties):
        self._library = _library()
        message = ctypes.create_string_buffer(512)
        configuration = ctypes.c_void_p(self._library.rd_kafka_conf_new())
        settings = {"bootstrap.servers": bootstrap, "log_level": "0", "linger.ms": "5", "queue.buffering.max.messages": "200000",
                    "enable.idempotence": "true"}
        settings.update({name.replace("_", "."): str(value) for name, value in properties.items()})
        for name, value in settings.items():
            if self._library.rd_kafka_conf_set(configuration, name.encode(), value.encode(), message, 512) != 0:
                raise KafkaError(message.value.decode())
        self._handle = ctypes.c_void_p(self._library.rd_kafka_new(_PRODUCER, configuration, message, 512))
        if not self._handle:
            raise KafkaError(message.value.decode())

    def close(self) -> None:
        if self._handle:
            self._library.rd_kafka_destroy(self._handle)
            self._handle = None

    def __enter__(self) -> "KafkaClient":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def create_topic(self, name: str, partitions: int, **settings) -> None:
        message = ctypes.create_string_buffer(512)
        topic = ctypes.c_void_p(self._library.rd_kafka_NewTopic_new(name.encode(), partitions, 1, message, 512))
        if not topic:
            raise KafkaError(message.value.decode())
        for setting, value in settings.items():
            self._library.rd_kafka_NewTopic_set_config(topic, setting.replace("_", ".").encode(), str(value).encode())
        self._administer(_CREATE_TOPICS, "CreateTopics", topic, f"create topic {name}")
        self._wait_for_topic(name, partitions)

    def delete_topic(self, name: str) -> None:
        topic = ctypes.c_void_p(self._library.rd_kafka_DeleteTopic_new(name.encode()))
        self._administer(_DELETE_TOPICS, "DeleteTopics", topic, f"delete topic {name}")

    def alter_partitions(self, name: str, partitions: int) -> None:
        message = ctypes.create_string_buffer(512)
        wanted = ctypes.c_void_p(self._library.rd_kafka_NewPartitions_new(name.encode(), ctypes.c_size_t(partitions), message, 512))
        if not wanted:
            raise KafkaError(message.value.decode())
        self._administer(_CREATE_PARTITIONS, "CreatePartitions", wanted, f"alter topic {name}")
        self._wait_for_topic(name, partitions)

    def watermarks(self, name: str, partition: int):
        """The first offset there is and the one after the last."""
        low, high = ctypes.c_int64(), ctypes.c_int64()
        code = self._library.rd_kafka_query_watermark_offsets(self._handle, name.encode(), partition, ctypes.byref(low), ctypes.byref(high), 10000)
        self._check(code, f"watermarks of {name}/{partition}")
        return low.value, high.value

    def produce(self, name: str, messages, partitions: int = 1) -> None:
        """Sends values (bytes; None is a tombstone) to the partitions in turn: message i goes to i % partitions. Waits until all are there."""
        topic = ctypes.c_void_p(self._library.rd_kafka_topic_new(self._handle, name.encode(), None))
        produce = self._library.rd_kafka_produce
        for number, value in enumerate(messages):
            size = ctypes.c_size_t(0 if value is None else len(value))
            while produce(topic, ctypes.c_int32(number % partitions), _COPY | _BLOCK, value, size, None, ctypes.c_size_t(0), None) != 0:
                code = self._library.rd_kafka_last_error()
                if code != _QUEUE_FULL:
                    self._check(code, f"produce to {name}")
                self._library.rd_kafka_poll(self._handle, 10)
            if number % 1000 == 0:
                self._library.rd_kafka_poll(self._handle, 0)
        self._check(self._library.rd_kafka_flush(self._handle, 60000), f"produce to {name}")
        self._library.rd_kafka_topic_destroy(topic)

    def delete_records(self, name: str, partition: int, before: int) -> None:
        """Makes the broker forget all records below an offset, as retention does."""
        offsets = ctypes.c_void_p(self._library.rd_kafka_topic_partition_list_new(1))
        self._library.rd_kafka_topic_partition_list_add(offsets, name.encode(), partition)
        self._library.rd_kafka_topic_partition_list_set_offset(offsets, name.encode(), partition, ctypes.c_int64(before))
        request = ctypes.c_void_p(self._library.rd_kafka_DeleteRecords_new(offsets))
        self._administer(_DELETE_RECORDS, "DeleteRecords", request, f"delete records of {name}/{partition}")

    def wait_until_ready(self, patience: float = 30.0) -> bool:
        """Whether the broker answered a metadata request in time."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            with self._metadata(None, 1000) as code:
                if code == 0:
                    return True
            time.sleep(0.1)
        return False

    @contextlib.contextmanager
    def _metadata(self, topic, milliseconds):
        metadata = ctypes.c_void_p()
        code = self._library.rd_kafka_metadata(self._handle, 1 if topic is None else 0, topic, ctypes.byref(metadata), milliseconds)
        yield code
        if metadata:
            self._library.rd_kafka_metadata_destroy(metadata)

    def _wait_for_topic(self, name: str, partitions: int) -> None:
        # A topic that was just made may have no leader yet.
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                for partition in range(partitions):
                    self.watermarks(name, partition)
                return
            except KafkaError:
                time.sleep(0.1)
        raise KafkaError(f"topic {name} did not get {partitions} partitions in time")

    def _administer(self, operation: int, call: str, request, what: str) -> None:
        library = self._library
        queue = ctypes.c_void_p(library.rd_kafka_queue_new(self._handle))
        options = ctypes.c_void_p(library.rd_kafka_AdminOptions_new(self._handle, operation))
        requests = (ctypes.c_void_p * 1)(request)
        getattr(library, "rd_kafka_" + call)(self._handle, requests, ctypes.c_size_t(1), options, queue)
        event = ctypes.c_void_p(library.rd_kafka_queue_poll(queue, 30000))
        if not event:
            raise KafkaError(f"{what}: no answer")
        try:
            if library.rd_kafka_event_error(event) != 0:
                raise KafkaError(f"{what}: {library.rd_kafka_event_error_string(event).decode()}")
            if operation != _DELETE_RECORDS:
                self._check_topic_results(call, event, what)
        finally:
            library.rd_kafka_event_destroy(event)
            library.rd_kafka_AdminOptions_destroy(options)
            library.rd_kafka_queue_destroy(queue)

    def _check_topic_results(self, call: str, event, what: str) -> None:
        library = self._library
        result = ctypes.c_void_p(getattr(library, f"rd_kafka_event_{call}_result")(event))
        count = ctypes.c_size_t()
        topics = ctypes.c_void_p(getattr(library, f"rd_kafka_{call}_result_topics")(result, ctypes.byref(count)))
        topic = ctypes.c_void_p(ctypes.cast(topics, ctypes.POINTER(ctypes.c_void_p))[0])
        if library.rd_kafka_topic_result_error(topic) != 0:
            reason = library.rd_kafka_topic_result_error_string(topic) or b"refused"
            raise KafkaError(f"{what}: {reason.decode()}")

    def _check(self, code: int, what: str) -> None:
        if code != 0:
            raise KafkaError(f"{what}: {self._library.rd_kafka_err2str(code).decode()}")


class _Message(ctypes.Structure):  # rd_kafka_message_t
    _fields_ = [("error", ctypes.c_int), ("topic", ctypes.c_void_p), ("partition", ctypes.c_int32), ("payload", ctypes.c_void_p),
                ("size", ctypes.c_size_t), ("key", ctypes.c_void_p), ("key_size", ctypes.c_size_t), ("offset", ctypes.c_int64),
                ("private", ctypes.c_void_p)]


def read_topic(bootstrap: str, name: str, partitions: int, patience: float = 60.0) -> list:
    """The values (bytes) of all that a topic holds, for each partition in its order. The place in it is the offset: nothing may be missing."""
    with KafkaClient(bootstrap) as producer:
        ends = [producer.watermarks(name, partition) for partition in range(partitions)]
    library = _library()
    message = ctypes.create_string_buffer(512)
    configuration = ctypes.c_void_p(library.rd_kafka_conf_new())
    for setting, value in (("bootstrap.servers", bootstrap), ("log_level", "0"), ("group.id", "reader"), ("enable.auto.offset.store", "false")):
        if library.rd_kafka_conf_set(configuration, setting.encode(), value.encode(), message, 512) != 0:
            raise KafkaError(message.value.decode())
    consumer = ctypes.c_void_p(library.rd_kafka_new(_CONSUMER, configuration, message, 512))
    if not consumer:
        raise KafkaError(message.value.decode())
    topic = ctypes.c_void_p(library.rd_kafka_topic_new(consumer, name.encode(), None))
    try:
        return [_read_partition(library, topic, partition, low, high, patience) for partition, (low, high) in enumerate(ends)]
    finally:
        library.rd_kafka_topic_destroy(topic)
        library.rd_kafka_destroy(consumer)


def _read_partition(library, topic, partition, low, high, patience) -> list:
    if low != 0:
        raise KafkaError(f"partition {partition} has forgotten its first {low} records")
    values = []
    deadline = time.monotonic() + patience
    batch = (ctypes.POINTER(_Message) * 10_000)()
    library.rd_kafka_consume_start(topic, ctypes.c_int32(partition), ctypes.c_int64(_BEGINNING))
    try:
        while len(values) < high:
            wanted = min(len(batch), high - len(values))  # a call waits until it has them all
            count = library.rd_kafka_consume_batch(topic, ctypes.c_int32(partition), 1000, batch, ctypes.c_size_t(wanted))
            for number in range(max(0, count)):
                message = batch[number].contents
                if message.error == 0:
                    if message.offset != len(values):
                        raise KafkaError(f"partition {partition} lacks the record at {len(values)}")
                    values.append(ctypes.string_at(message.payload, message.size) if message.payload else b"")
                library.rd_kafka_message_destroy(batch[number])
            if time.monotonic() > deadline:
                raise KafkaError(f"partition {partition}: {len(values)} of {high} records in {patience} s")
    finally:
        library.rd_kafka_consume_stop(topic, ctypes.c_int32(partition))
    return values
