package beside;

import com.helger.collection.commons.CommonsArrayList;
import com.helger.collection.commons.ICommonsList;
import com.helger.http.header.HttpHeaderMap;
import com.helger.httpclient.HttpClientFactory;
import com.helger.phase4.attachment.AS4OutgoingAttachment;
import com.helger.phase4.attachment.WSS4JAttachment;
import com.helger.phase4.crypto.AS4CryptoFactoryInMemoryKeyStore;
import com.helger.phase4.crypto.ECryptoAlgorithmSign;
import com.helger.phase4.crypto.ECryptoAlgorithmSignDigest;
import com.helger.phase4.ebms3header.Ebms3SignalMessage;
import com.helger.phase4.ebms3header.Ebms3UserMessage;
import com.helger.phase4.error.AS4ErrorList;
import com.helger.phase4.incoming.AS4IncomingProfileSelectorConstant;
import com.helger.phase4.incoming.AS4RequestHandler;
import com.helger.phase4.incoming.AS4ServerInitializer;
import com.helger.phase4.incoming.IAS4IncomingMessageMetadata;
import com.helger.phase4.incoming.IAS4IncomingMessageState;
import com.helger.phase4.incoming.spi.AS4MessageProcessorResult;
import com.helger.phase4.incoming.spi.AS4SignalMessageProcessorResult;
import com.helger.phase4.incoming.spi.IAS4IncomingMessageProcessorSPI;
import com.helger.phase4.model.EMEP;
import com.helger.phase4.model.EMEPBinding;
import com.helger.phase4.model.pmode.IPMode;
import com.helger.phase4.model.pmode.PMode;
import com.helger.phase4.model.pmode.PModeParty;
import com.helger.phase4.model.pmode.leg.EPModeSendReceiptReplyPattern;
import com.helger.phase4.model.pmode.leg.PModeLeg;
import com.helger.phase4.model.pmode.leg.PModeLegBusinessInformation;
import com.helger.phase4.model.pmode.leg.PModeLegProtocol;
import com.helger.phase4.model.pmode.leg.PModeLegSecurity;
import com.helger.phase4.sender.AS4Sender;
import com.helger.phase4.sender.EAS4UserMessageSendResult;
import com.helger.phase4.sender.LoggingAS4SignalMsgValidationResultHandler;
import com.helger.phase4.servlet.AS4UnifiedResponse;
import com.helger.phase4.servlet.AS4XServletHandler;
import com.helger.phase4.servlet.IAS4ServletRequestHandlerCustomizer;
import com.helger.phase4.wss.EWSSVersion;
import com.helger.http.EHttpMethod;
import com.helger.mime.CMimeType;
import com.helger.web.scope.IRequestWebScopeWithoutResponse;
import com.helger.web.scope.mgr.WebScopeManager;
import com.helger.web.scope.mgr.WebScoped;
import com.helger.xservlet.AbstractXServlet;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.logging.LogManager;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.CloseableHttpResponse;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.w3c.dom.Node;

/**
 * One AS4 access point (phase4 in Jetty) and another one that pushes to it: each message is a MIME
 * attachment of plain bytes, so that nobody canonicalises its XML, signed by the sender (WS-Security, ECDSA P-256 with SHA-256); the receiver verifies
 * that, has the message on disk, and answers in the same HTTP exchange with a signed receipt of
 * non-repudiation, which the sender verifies against what it sent. Messages that come together share
 * a sync. Connections stay open; there is no TLS.
 *
 * Arguments: message file, empty folder, how many are on their way at most, seconds.
 */
public final class As4 {
    private static final int PORT = 19094;
    private static final String URL = "http://127.0.0.1:" + PORT + "/as4";
    private static final char[] PASSWORD = "beside".toCharArray();

    public static void main(String[] arguments) throws Exception {
        // Its library warns of each message twice.
        LogManager.getLogManager().reset();
        if (arguments[0].equals("serve")) {
            serve(Path.of(arguments[1]));
            return;
        }
        byte[] message = Files.readAllBytes(Path.of(arguments[0]));
        Path folder = Path.of(arguments[1]);
        int window = Integer.parseInt(arguments[2]);
        int seconds = Integer.parseInt(arguments[3]);
        for (String party : List.of("sender", "receiver")) {
            makeKey(folder, party);
        }
        Process server = start(folder);
        Runtime.getRuntime().addShutdownHook(new Thread(server::destroyForcibly));
        await(server);
        load(server.toHandle(), folder, message, window, seconds);
        System.exit(0);
    }

    private static void makeKey(Path folder, String party) throws Exception {
        Path store = folder.resolve(party + ".p12");
        String tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        run(tool, "-genkeypair", "-alias", party, "-keyalg", "EC", "-groupname", "secp256r1",
            "-sigalg", "SHA256withECDSA", "-dname", "CN=" + party, "-validity", "30", "-storetype",
            "PKCS12", "-storepass", new String(PASSWORD), "-keystore", store.toString());
        Path certificate = folder.resolve(party + ".pem");
        run(tool, "-exportcert", "-rfc", "-alias", party, "-storepass", new String(PASSWORD),
            "-keystore", store.toString(), "-file", certificate.toString());
        run(tool, "-importcert", "-noprompt", "-alias", party, "-file", certificate.toString(),
            "-storetype", "PKCS12", "-storepass", new String(PASSWORD), "-keystore",
            folder.resolve("trusted.p12").toString());
    }

    private static void run(String... words) throws Exception {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IllegalStateException(said);
        }
    }

    private static Process start(Path folder) throws Exception {
        String program = ProcessHandle.current().info().command().orElse("java");
        return new ProcessBuilder(program, "-Xmx1g", "-Xms1g", "-cp",
            System.getProperty("java.class.path"), "beside.As4", "serve", folder.toString())
            .redirectErrorStream(true).redirectOutput(folder.resolve("log.txt").toFile()).start();
    }

    private static void await(Process server) throws Exception {
        for (int tries = 0; tries < 300 && server.isAlive(); tries++) {
            try (Socket ignored = new Socket("127.0.0.1", PORT)) {
                return;
            } catch (java.io.IOException notYet) {
                Thread.sleep(100);
            }
        }
        throw new IllegalStateException("the server does not listen: see log.txt");
    }

    private static AS4CryptoFactoryInMemoryKeyStore keys(Path folder, String party)
        throws Exception {
        return new AS4CryptoFactoryInMemoryKeyStore(store(folder.resolve(party + ".p12")), party,
            PASSWORD, store(folder.resolve("trusted.p12")));
    }

    private static KeyStore store(Path file) throws Exception {
        try (InputStream bytes = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(bytes, PASSWORD);
            return store;
        }
    }

    /** What the two have agreed on: one way, pushed, signed, with a signed receipt in the answer. */
    private static PMode mode() {
        PModeLegSecurity security = new PModeLegSecurity();
        security.setWSSVersion(EWSSVersion.WSS_111);
        security.setX509SignatureAlgorithm(ECryptoAlgorithmSign.ECDSA_SHA_256);
        security.setX509SignatureHashFunction(ECryptoAlgorithmSignDigest.DIGEST_SHA_256);
        security.setSendReceipt(true);
        security.setSendReceiptNonRepudiation(true);
        security.setSendReceiptReplyPattern(EPModeSendReceiptReplyPattern.RESPONSE);
        PModeLeg leg = new PModeLeg(PModeLegProtocol.createForDefaultSoapVersion(URL),
            PModeLegBusinessInformation.create("payments", "push", null, null), null, null,
            security);
        return new PMode("beside", PModeParty.createSimple("sender", "initiator"),
            PModeParty.createSimple("receiver", "responder"), "beside", EMEP.ONE_WAY,
            EMEPBinding.PUSH, leg, null, null, null);
    }

    // The receiver.

    private static void serve(Path folder) throws Exception {
        Log log = new Log(folder.resolve("messages"));
        AS4CryptoFactoryInMemoryKeyStore keys = keys(folder, "receiver");
        PMode[] mode = {null};
        var profile = new AS4IncomingProfileSelectorConstant(null, false);
        ICommonsList<IAS4IncomingMessageProcessorSPI> receivers =
            new CommonsArrayList<>(new Receiver(log));
        var customizer = new IAS4ServletRequestHandlerCustomizer() {
            @Override
            public void customizeBeforeHandling(IRequestWebScopeWithoutResponse request,
                AS4UnifiedResponse response, AS4RequestHandler handler) {
                handler.setCryptoFactory(keys);
                handler.setIncomingProfileSelector(profile);
                handler.setPModeResolver((a, b, c, d, e, f, g) -> mode[0]);
                handler.setProcessorSupplier(() -> receivers);
            }

            @Override
            public void customizeAfterHandling(IRequestWebScopeWithoutResponse request,
                AS4UnifiedResponse response, AS4RequestHandler handler) {}
        };
        Server server = new Server(new QueuedThreadPool(128));
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        connector.setPort(PORT);
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler(ServletContextHandler.SESSIONS);
        // What follows needs the scope.
        WebScopeManager.onGlobalBegin(context.getServletContext());
        AS4ServerInitializer.initAS4Server();
        mode[0] = mode();
        context.addServlet(new ServletHolder(new Door(customizer)), "/as4");
        server.setHandler(context);
        server.start();
        server.join();
    }

    private static final class Door extends AbstractXServlet {
        Door(IAS4ServletRequestHandlerCustomizer customizer) {
            settings().setMultipartEnabled(false);
            AS4XServletHandler handler = new AS4XServletHandler();
            handler.setRequestHandlerCustomizer(customizer);
            handlerRegistry().registerHandler(EHttpMethod.POST, handler);
        }
    }

    private record Receiver(Log log) implements IAS4IncomingMessageProcessorSPI {
        @Override
        public AS4MessageProcessorResult processAS4UserMessage(IAS4IncomingMessageMetadata metadata,
            HttpHeaderMap headers, Ebms3UserMessage message, IPMode mode, Node payload,
            ICommonsList<WSS4JAttachment> attachments, IAS4IncomingMessageState state,
            AS4ErrorList errors) {
            try {
                if (!state.isSoapSignatureChecked()) {
                    return AS4MessageProcessorResult.createFailure();
                }
                for (WSS4JAttachment attachment : attachments) {
                    try (InputStream bytes = attachment.getSourceStream()) {
                        log.keep(bytes.readAllBytes()).get();
                    }
                }
                return AS4MessageProcessorResult.createSuccess();
            } catch (Exception lost) {
                return AS4MessageProcessorResult.createFailure();
            }
        }

        @Override
        public AS4SignalMessageProcessorResult processAS4SignalMessage(
            IAS4IncomingMessageMetadata metadata, HttpHeaderMap headers, Ebms3SignalMessage message,
            IPMode mode, IAS4IncomingMessageState state, AS4ErrorList errors) {
            return AS4SignalMessageProcessorResult.createSuccess();
        }

        @Override
        public void processAS4ResponseMessage(IAS4IncomingMessageMetadata metadata,
            IAS4IncomingMessageState state, String id, byte[] answer, boolean available,
            AS4ErrorList errors) {}
    }

    /** Puts messages on disk: those that come while a sync goes on share the next one. */
    private static final class Log {
        private record Waiting(byte[] bytes, CompletableFuture<Void> kept) {}

        private final LinkedBlockingQueue<Waiting> queue = new LinkedBlockingQueue<>();
        private final FileChannel file;

        Log(Path path) throws Exception {
            file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            Thread thread = new Thread(this::write, "log");
            thread.setDaemon(true);
            thread.start();
        }

        CompletableFuture<Void> keep(byte[] bytes) {
            Waiting waiting = new Waiting(bytes, new CompletableFuture<>());
            queue.add(waiting);
            return waiting.kept;
        }

        private void write() {
            try {
                while (true) {
                    List<Waiting> group = new ArrayList<>();
                    group.add(queue.take());
                    queue.drainTo(group);
                    for (Waiting waiting : group) {
                        ByteBuffer bytes = ByteBuffer.wrap(waiting.bytes);
                        while (bytes.hasRemaining()) {
                            file.write(bytes);
                        }
                    }
                    file.force(false);
                    group.forEach(waiting -> waiting.kept.complete(null));
                }
            } catch (Exception broken) {
                broken.printStackTrace();
                System.exit(1);
            }
        }
    }

    // The sender.

    private static void load(ProcessHandle server, Path folder, byte[] message, int window,
        int seconds) throws Exception {
        WebScopeManager.onGlobalBegin(new ServletContextHandler().getServletContext());
        AS4CryptoFactoryInMemoryKeyStore keys = keys(folder, "sender");
        PMode mode = mode();
        var pool = PoolingHttpClientConnectionManagerBuilder.create().setMaxConnTotal(window)
            .setMaxConnPerRoute(window).build();
        CloseableHttpClient client = HttpClients.custom().setConnectionManager(pool).build();
        HttpClientFactory clients = new HttpClientFactory() {
            @Override
            public CloseableHttpClient createHttpClient() {
                return new Shared(client);
            }
        };
        Figures figures = Figures.begin();
        boolean[] stop = {false};
        for (int number = 0; number < window; number++) {
            Thread thread = new Thread(() -> {
                try (WebScoped ignored = new WebScoped()) {
                    send(figures, keys, mode, clients, message, stop);
                }
            });
            thread.setDaemon(true);
            thread.start();
        }
        // Both compile what is hot.
        Thread.sleep(15_000);
        double serverBefore = Figures.cpu(server);
        double clientBefore = Figures.cpu(ProcessHandle.current()) - serverBefore;
        long start = System.nanoTime();
        figures.count(true);
        Thread.sleep(seconds * 1000L);
        figures.count(false);
        double passed = (System.nanoTime() - start) / 1e9;
        double serverAfter = Figures.cpu(server);
        double clientAfter = Figures.cpu(ProcessHandle.current()) - serverAfter;
        stop[0] = true;
        figures.print(passed, serverAfter - serverBefore, clientAfter - clientBefore);
    }

    private static void send(Figures figures, AS4CryptoFactoryInMemoryKeyStore keys, PMode mode,
        HttpClientFactory clients, byte[] message, boolean[] stop) {
        var profile = new AS4IncomingProfileSelectorConstant(null, false);
        while (!stop[0]) {
            long sent = System.nanoTime();
            EAS4UserMessageSendResult result = AS4Sender.builderUserMessage()
                .httpClientFactory(clients).cryptoFactory(keys).pmode(mode)
                .as4ProfileID("beside").incomingProfileSelector(profile)
                .pmodeResolver((a, b, c, d, e, f, g) -> mode)
                .agreementRef("beside").service("payments").action("push")
                .fromPartyID("sender").fromRole("initiator").toPartyID("receiver")
                .toRole("responder").endpointURL(URL)
                .addAttachment(AS4OutgoingAttachment.builder().data(message)
                    .mimeType(CMimeType.APPLICATION_OCTET_STREAM))
                .signalMsgValidationResultHdl(new LoggingAS4SignalMsgValidationResultHandler())
                .sendMessageAndCheckForReceipt(failed -> {
                    failed.printStackTrace();
                    System.exit(1);
                });
            if (!result.isSuccess()) {
                System.err.println(result);
                System.exit(1);
            }
            figures.durable(sent, 1);
            figures.delivered(sent);
        }
    }

    /** phase4 closes its client after each message; this one keeps the connections. */
    private static final class Shared extends CloseableHttpClient {
        private final CloseableHttpClient client;

        Shared(CloseableHttpClient client) {
            this.client = client;
        }

        @Override
        protected CloseableHttpResponse doExecute(HttpHost target, ClassicHttpRequest request,
            HttpContext context) throws java.io.IOException {
            return CloseableHttpResponse.adapt(client.executeOpen(target, request, context));
        }

        @Override
        public void close(CloseMode mode) {}

        @Override
        public void close() {}
    }
}
