package org.amop.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.fisco.bcos.sdk.BcosSDK;

/**
 * A Java application as an organisation runs it, on the public API of the SDK, that does what it is
 * told: commands come in on standard input, what happens goes out on standard output, one JSON object
 * a line each.
 *
 * <p>Arguments: the toml file of the SDK.
 */
public final class Application {
    private Application() {}

    public static void main(String[] arguments) throws Exception {
        // Whatever the SDK or a library prints must not end up among the reports.
        PrintStream reports = System.out;
        System.setOut(System.err);
        Reports report = new Reports(reports);
        // From the start: whoever gives the orders may be gone while the SDK still tries to connect.
        BlockingQueue<String> orders = new LinkedBlockingQueue<>();
        Thread reader = new Thread(() -> readInto(orders), "orders");
        reader.setDaemon(true);
        reader.start();
        BcosSDK sdk;
        try {
            sdk = BcosSDK.build(arguments[0]);
        } catch (Exception | LinkageError error) {
            report.failed(error);
            System.exit(1);
            return;
        }
        report.ready();
        Commands commands = new Commands(sdk, report);
        while (true) commands.perform(orders.take());
    }

    /** Ends the process with the input: the threads of the SDK would keep it alive. */
    private static void readInto(BlockingQueue<String> orders) {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                orders.add(line);
            }
        } catch (IOException error) {
            // As at the end of the input.
        }
        Runtime.getRuntime().halt(0);
    }
}
