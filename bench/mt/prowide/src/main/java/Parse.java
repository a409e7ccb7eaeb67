import com.prowidesoftware.swift.model.mt.mt1xx.MT103;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * Speed of Prowide Core over the MT 103 of the bench beside it: messages per second for which the
 * thread had a core, best of five rounds after warming up. Core reads blocks, fields and their
 * components; it checks neither structure nor rules, so this is to be held against "read alone".
 */
public final class Parse {
    private static final String PAYMENT =
            "{1:F01NUNCBEBBAXXX0001000001}{2:I103NUNCDEFFXXXXN}" +
            "{3:{108:MUR-103-0001}{121:5fb4fe6b-eaa3-4e16-a4db-1d50bd512220}}{4:\r\n" +
            ":20:NUNCIO-103-0001\r\n:23B:CRED\r\n:23E:PHOB/20.527.19.60\r\n" +
            ":32A:261123EUR1200,5\r\n:33B:USD1300,\r\n:36:0,9235\r\n" +
            ":50K:/DE89370400440532013000\r\nMAXIMILIAN MUSTER\r\nHAUPTSTRASSE 1\r\nFRANKFURT\r\n" +
            ":52A:NUNCDEFF\r\n:53B:/BE62510007547061\r\n:56A:NUNCFRPP\r\n:57A:NUNCGB2L\r\n" +
            ":59:/GB82WEST12345698765432\r\nACME LIMITED\r\n1 HIGH STREET\r\nLONDON\r\n" +
            ":70:/INV/4711\r\n:71A:SHA\r\n:71F:USD5,\r\n:72:/ACC/PLEASE ADVISE\r\n-}" +
            "{5:{CHK:123456789ABC}}";

    private static final int CALLS = 40_000;
    private static int sink;

    private static double rate(Runnable act) {
        ThreadMXBean clock = ManagementFactory.getThreadMXBean();
        double best = 0;
        for (int round = 0; round < 7; round++) {
            long start = clock.getCurrentThreadCpuTime();
            for (int call = 0; call < CALLS; call++) {
                act.run();
            }
            double seconds = (clock.getCurrentThreadCpuTime() - start) / 1e9;
            // The first two rounds warm the compiler up.
            if (round > 1) {
                best = Math.max(best, CALLS / seconds);
            }
        }
        return best;
    }

    public static void main(String[] arguments) {
        if (!MT103.parse(PAYMENT).getField20().getReference().equals("NUNCIO-103-0001")) {
            throw new AssertionError("the message was not read");
        }
        double parse = rate(() -> sink += MT103.parse(PAYMENT).getSwiftMessage().getBlock4().size());
        double components = rate(() -> {
            MT103 payment = MT103.parse(PAYMENT);
            payment.getFields().forEach(field -> sink += field.getComponents().size());
        });
        System.out.printf("%-44s %12.0f messages/s%n", "Prowide Core: parse, no rules", parse);
        System.out.printf("%-44s %12.0f messages/s%n", "Prowide Core: parse, and every component", components);
        if (sink == 0) {
            throw new AssertionError("nothing was read");
        }
    }
}
