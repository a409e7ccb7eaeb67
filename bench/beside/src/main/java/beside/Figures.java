package beside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/** What a run counts: messages that are durable, messages that came out, and how long both took. */
final class Figures {
    private static final int KEPT = 20_000_000;
    private final long[] durable = new long[KEPT];
    private final long[] delivered = new long[KEPT];
    private final AtomicLong durableCount = new AtomicLong();
    private final AtomicLong deliveredCount = new AtomicLong();
    private volatile boolean counts;

    void count(boolean now) {
        counts = now;
    }

    void durable(long sentNanos, long messages) {
        note(durable, durableCount, sentNanos, messages);
    }

    void delivered(long sentNanos) {
        note(delivered, deliveredCount, sentNanos, 1);
    }

    private void note(long[] all, AtomicLong count, long sentNanos, long messages) {
        if (!counts) {
            return;
        }
        long took = (System.nanoTime() - sentNanos) / 1000;
        long first = count.getAndAdd(messages);
        for (long at = first; at < first + messages && at < KEPT; at++) {
            all[(int) at] = took;
        }
    }

    void print(double seconds, double serverCpu, double clientCpu) {
        System.out.printf("accepted   %.0f messages/s%n", durableCount.get() / seconds);
        System.out.printf("delivered  %.0f messages/s%n", deliveredCount.get() / seconds);
        System.out.println("durable    " + percentiles(durable, durableCount.get()));
        System.out.println("delivery   " + percentiles(delivered, deliveredCount.get()));
        double each = 1e6 / Math.max(1, deliveredCount.get());
        System.out.printf("CPU a message: server %.1f us, clients %.1f us%n",
            serverCpu * each, clientCpu * each);
    }

    private static String percentiles(long[] all, long count) {
        long[] sorted = Arrays.copyOf(all, (int) Math.min(count, KEPT));
        Arrays.sort(sorted);
        if (sorted.length == 0) {
            return "nothing";
        }
        StringBuilder text = new StringBuilder();
        for (double part : new double[] {0.5, 0.99, 0.999}) {
            long micros = sorted[(int) Math.min(sorted.length - 1, sorted.length * part)];
            text.append(String.format("p%s %.2f ms  ", String.valueOf(part * 100), micros / 1e3));
        }
        return text.toString();
    }

    /** Processor time in seconds of a process and its children that still run (proc(5)). */
    static double cpu(ProcessHandle process) {
        double sum = one(process.pid());
        return sum + process.descendants().mapToDouble(child -> one(child.pid())).sum();
    }

    private static double one(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
        } catch (IOException gone) {
            return 0;
        }
    }

    private Figures() {
    }

    static Figures begin() {
        return new Figures();
    }
}
