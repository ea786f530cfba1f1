package org.amop.interop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import org.fisco.bcos.sdk.amop.AmopResponse;
import org.fisco.bcos.sdk.amop.topic.AmopMsgIn;
import org.fisco.bcos.sdk.model.MsgType;

/** Writes what happens, one JSON object a line; contents in Base64. */
final class Reports {
    private final ObjectMapper mapper = new ObjectMapper();
    private final PrintStream out;

    Reports(PrintStream out) {
        this.out = out;
    }

    void ready() {
        write(event("ready"));
    }

    void failed(Throwable error) {
        write(event("failed").put("error", String.valueOf(error.getMessage())));
    }

    /** A command was performed. */
    void done(int id) {
        write(event("done").put("id", id));
    }

    void peers(int id, Collection<String> peers) {
        ObjectNode node = event("done").put("id", id);
        peers.forEach(node.putArray("peers")::add);
        write(node);
    }

    /** A request of this application has its outcome. */
    void answer(int id, AmopResponse response) {
        ObjectNode node = event("done").put("id", id).put("code", response.getErrorCode());
        AmopMsgIn content = response.getAmopMsgIn();
        if (content != null) {
            node.put("topic", content.getTopic()).put("content", base64(content.getContent()));
        }
        write(node);
    }

    /** A message came in on a topic that this application subscribes. */
    void message(AmopMsgIn message) {
        boolean isMulticast = message.getType() == MsgType.AMOP_MULBROADCAST.getType();
        ObjectNode node =
                event("message")
                        .put("kind", isMulticast ? "multicast" : "unicast")
                        .put("topic", message.getTopic());
        FileContent file = FileContent.read(message.getContent());
        if (file != null) node.put("file", file.name);
        write(node.put("content", base64(file == null ? message.getContent() : file.bytes)));
    }

    private ObjectNode event(String name) {
        return mapper.createObjectNode().put("event", name);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private void write(ObjectNode node) {
        try {
            byte[] line = (mapper.writeValueAsString(node) + "\n").getBytes(StandardCharsets.UTF_8);
            synchronized (out) {
                out.write(line, 0, line.length);
                out.flush();
            }
        } catch (JsonProcessingException error) {
            throw new IllegalStateException(error);
        }
    }
}
