package beside;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * One Kafka broker (KRaft), one topic of one partition, one producer with acks=all, one consumer.
 * The broker syncs each batch before it answers: log.flush.interval.messages=1.
 *
 * Arguments: message file, empty folder, window (0 with a rate), messages a second (0: closed loop),
 * seconds.
 */
public final class Kafka {
    private static final String TOPIC = "messages";

    public static void main(String[] arguments) throws Exception {
        byte[] message = Files.readAllBytes(Path.of(arguments[0]));
        Path folder = Path.of(arguments[1]);
        int window = Integer.parseInt(arguments[2]);
        double rate = Double.parseDouble(arguments[3]);
        int seconds = Integer.parseInt(arguments[4]);
        Process broker = start(folder);
        try {
            load(broker.toHandle(), message, window, rate, seconds);
        } finally {
            broker.destroyForcibly().waitFor();
        }
        // The clients' threads wait for a broker that is gone.
        System.exit(0);
    }

    private static Process start(Path folder) throws Exception {
        Path settings = folder.resolve("server.properties");
        Files.writeString(settings, String.join("\n",
            "process.roles=broker,controller", "node.id=1",
            "controller.quorum.voters=1@127.0.0.1:19093",
            "listeners=PLAINTEXT://127.0.0.1:19092,CONTROLLER://127.0.0.1:19093",
            "controller.listener.names=CONTROLLER",
            "log.dirs=" + folder.resolve("logs"),
            "log.flush.interval.messages=1",
            "log.segment.bytes=1073741824", "log.preallocate=true",
            "offsets.topic.replication.factor=1",
            "transaction.state.log.replication.factor=1",
            "transaction.state.log.min.isr=1", ""));
        java("kafka.tools.StorageTool", folder, "format", "-t", Uuid.randomUuid().toString(),
            "-c", settings.toString()).waitFor();
        return java("kafka.Kafka", folder, settings.toString());
    }

    private static Process java(String main, Path folder, String... arguments) throws Exception {
        String program = ProcessHandle.current().info().command().orElse("java");
        List<String> words = new ArrayList<>(List.of(program, "-Xmx1g", "-Xms1g",
            "-XX:+UseG1GC", "-cp", System.getProperty("java.class.path"), main));
        words.addAll(List.of(arguments));
        Path log = folder.resolve("log." + main + ".txt");
        return new ProcessBuilder(words).redirectErrorStream(true)
            .redirectOutput(log.toFile()).start();
    }

    private static void load(ProcessHandle broker, byte[] message, int window, double rate,
        int seconds) throws Exception {
        Map<String, Object> where = Map.of("bootstrap.servers", "127.0.0.1:19092");
        try (Admin admin = Admin.create(where)) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
        }
        Figures figures = Figures.begin();
        Semaphore room = new Semaphore(window);
        boolean[] stop = {false};
        Thread receiver = new Thread(() -> receive(figures, room, rate, stop));
        receiver.start();
        Thread sender = new Thread(() -> send(message, figures, room, rate, stop));
        sender.start();
        Thread.sleep(5_000);
        double server = Figures.cpu(broker);
        double client = Figures.cpu(ProcessHandle.current()) - server;
        long start = System.nanoTime();
        figures.count(true);
        Thread.sleep(seconds * 1000L);
        figures.count(false);
        double passed = (System.nanoTime() - start) / 1e9;
        double serverAfter = Figures.cpu(broker);
        double clientAfter = Figures.cpu(ProcessHandle.current()) - serverAfter;
        stop[0] = true;
        figures.print(passed, serverAfter - server, clientAfter - client);
    }

    /** The first eight bytes of each message are when it was sent, or was due. */
    private static void send(byte[] message, Figures figures, Semaphore room, double rate,
        boolean[] stop) {
        Map<String, Object> settings = Map.of("bootstrap.servers", "127.0.0.1:19092",
            "acks", "all", "enable.idempotence", true, "batch.size", 1 << 20, "linger.ms", 0,
            "buffer.memory", 256L << 20, "max.request.size", 4 << 20);
        ByteArraySerializer bytes = new ByteArraySerializer();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings, bytes, bytes)) {
            long start = System.nanoTime();
            for (long number = 0; !stop[0]; number++) {
                long sent = start + (long) (number * 1e9 / Math.max(rate, 1));
                if (rate > 0) {
                    while (System.nanoTime() < sent) {
                        Thread.sleep(0, 200_000);
                    }
                } else {
                    room.acquire();
                    sent = System.nanoTime();
                }
                long at = sent;
                byte[] copy = message.clone();
                ByteBuffer.wrap(copy).putLong(at);
                producer.send(new ProducerRecord<>(TOPIC, 0, null, copy), (where, error) -> {
                    if (error != null) {
                        throw new IllegalStateException(error);
                    }
                    figures.durable(at, 1);
                });
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private static void receive(Figures figures, Semaphore room, double rate, boolean[] stop) {
        Map<String, Object> settings = Map.of("bootstrap.servers", "127.0.0.1:19092",
            "enable.auto.commit", false, "auto.offset.reset", "earliest", "max.poll.records", 2048,
            "max.partition.fetch.bytes", 4 << 20, "group.id", "receiver");
        ByteArrayDeserializer bytes = new ByteArrayDeserializer();
        try (KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(settings, bytes, bytes)) {
            consumer.assign(List.of(new TopicPartition(TOPIC, 0)));
            while (!stop[0]) {
                var records = consumer.poll(Duration.ofMillis(100));
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    figures.delivered(ByteBuffer.wrap(record.value()).getLong());
                }
                consumer.commitAsync();
                if (rate <= 0) {
                    room.release(records.count());
                }
            }
        }
    }

    private Kafka() {
    }
}
