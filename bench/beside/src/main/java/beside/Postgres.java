package beside;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Semaphore;

/**
 * PostgreSQL as a queue: one table, one sender that inserts up to 256 messages in a transaction, one
 * receiver that takes up to 256 with FOR UPDATE SKIP LOCKED and deletes them in another. Both commit
 * synchronously. The server must run: see README.md.
 *
 * Arguments: message file, process id of the server, window, messages a second (0: closed loop),
 * seconds.
 */
public final class Postgres {
    private static final String URL =
        "jdbc:postgresql://127.0.0.1:15532/postgres?user=postgres&reWriteBatchedInserts=true";
    private static final int BATCH = 256;

    public static void main(String[] arguments) throws Exception {
        byte[] message = Files.readAllBytes(Path.of(arguments[0]));
        ProcessHandle server = ProcessHandle.of(Long.parseLong(arguments[1])).orElseThrow();
        int window = Integer.parseInt(arguments[2]);
        double rate = Double.parseDouble(arguments[3]);
        int seconds = Integer.parseInt(arguments[4]);
        try (Connection connection = DriverManager.getConnection(URL);
            Statement statement = connection.createStatement()) {
            statement.execute("drop table if exists messages");
            statement.execute("create table messages (id bigserial primary key, body bytea)");
            statement.execute("alter table messages alter column body set storage external");
        }
        Figures figures = Figures.begin();
        Semaphore room = new Semaphore(window);
        boolean[] stop = {false};
        new Thread(() -> run(stop, () -> send(message, figures, room, rate, stop))).start();
        new Thread(() -> run(stop, () -> receive(figures, room, rate, stop))).start();
        Thread.sleep(5_000);
        double before = Figures.cpu(server);
        double client = Figures.cpu(ProcessHandle.current());
        long start = System.nanoTime();
        figures.count(true);
        Thread.sleep(seconds * 1000L);
        figures.count(false);
        double passed = (System.nanoTime() - start) / 1e9;
        figures.print(passed, Figures.cpu(server) - before,
            Figures.cpu(ProcessHandle.current()) - client);
        stop[0] = true;
        System.exit(0);
    }

    private interface Work {
        void go() throws SQLException, InterruptedException;
    }

    private static void run(boolean[] stop, Work work) {
        try {
            work.go();
        } catch (SQLException | InterruptedException error) {
            if (!stop[0]) {
                throw new IllegalStateException(error);
            }
        }
    }

    /** The first eight bytes of each message are when it was sent, or was due. */
    private static void send(byte[] message, Figures figures, Semaphore room, double rate,
        boolean[] stop) throws SQLException, InterruptedException {
        try (Connection connection = DriverManager.getConnection(URL)) {
            connection.setAutoCommit(false);
            PreparedStatement insert =
                connection.prepareStatement("insert into messages (body) values (?)");
            long[] sent = new long[BATCH];
            long start = System.nanoTime();
            long number = 0;
            while (!stop[0]) {
                int count = 0;
                while (count < BATCH) {
                    long at = System.nanoTime();
                    if (rate > 0) {
                        long due = start + (long) (number * 1e9 / rate);
                        if (at < due) {
                            if (count > 0) {
                                break;
                            }
                            Thread.sleep(0, 200_000);
                            continue;
                        }
                        at = due;
                        number++;
                    } else if (count == 0) {
                        room.acquire();
                    } else if (!room.tryAcquire()) {
                        break;
                    }
                    byte[] copy = message.clone();
                    ByteBuffer.wrap(copy).putLong(at);
                    sent[count++] = at;
                    insert.setBytes(1, copy);
                    insert.addBatch();
                }
                insert.executeBatch();
                connection.commit();
                for (int at = 0; at < count; at++) {
                    figures.durable(sent[at], 1);
                }
            }
        }
    }

    private static void receive(Figures figures, Semaphore room, double rate, boolean[] stop)
        throws SQLException, InterruptedException {
        try (Connection connection = DriverManager.getConnection(URL)) {
            connection.setAutoCommit(false);
            PreparedStatement take = connection.prepareStatement(
                "delete from messages where id in (select id from messages order by id limit "
                    + BATCH + " for update skip locked) returning id, body");
            while (!stop[0]) {
                long[] sent = new long[BATCH];
                int count = 0;
                try (ResultSet rows = take.executeQuery()) {
                    while (rows.next()) {
                        sent[count++] = ByteBuffer.wrap(rows.getBytes(2)).getLong();
                    }
                }
                connection.commit();
                for (int at = 0; at < count; at++) {
                    figures.delivered(sent[at]);
                }
                if (count == 0) {
                    Thread.sleep(0, 500_000);
                } else if (rate <= 0) {
                    room.release(count);
                }
            }
        }
    }

    private Postgres() {
    }
}
