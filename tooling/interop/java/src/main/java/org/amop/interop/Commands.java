package org.amop.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.fisco.bcos.sdk.BcosSDK;
import org.fisco.bcos.sdk.amop.Amop;
import org.fisco.bcos.sdk.amop.AmopCallback;
import org.fisco.bcos.sdk.amop.AmopMsgOut;
import org.fisco.bcos.sdk.amop.AmopResponse;
import org.fisco.bcos.sdk.amop.AmopResponseCallback;
import org.fisco.bcos.sdk.amop.topic.AmopMsgIn;
import org.fisco.bcos.sdk.amop.topic.TopicType;
import org.fisco.bcos.sdk.channel.Channel;
import org.fisco.bcos.sdk.crypto.keystore.KeyTool;
import org.fisco.bcos.sdk.crypto.keystore.PEMKeyStore;
import org.fisco.bcos.sdk.model.Message;
import org.fisco.bcos.sdk.model.MsgType;

/** Performs commands by calls to the SDK. */
final class Commands {
    private static final byte[] VERSION_QUERY =
            "{\"jsonrpc\":\"2.0\",\"method\":\"getClientVersion\",\"params\":[],\"id\":1}"
                    .getBytes(StandardCharsets.UTF_8);

    private final ObjectMapper mapper = new ObjectMapper();
    private final BcosSDK sdk;
    private final Reports report;

    Commands(BcosSDK sdk, Reports report) {
        this.sdk = sdk;
        this.report = report;
    }

    void perform(String line) throws IOException {
        JsonNode command = mapper.readTree(line);
        int id = command.get("id").asInt();
        Amop amop = sdk.getAmop();
        String topic = command.path("topic").asText();
        switch (command.get("do").asText()) {
            case "subscribe":
                amop.subscribeTopic(topic, callback(command.get("answer").asText()));
                settle();
                report.done(id);
                break;
            case "subscribePrivate":
                amop.subscribePrivateTopics(
                        topic,
                        new PEMKeyStore(command.get("keyFile").asText()),
                        callback(command.get("answer").asText()));
                settle();
                report.done(id);
                break;
            case "publishPrivate":
                amop.publishPrivateTopic(topic, keysIn(command.get("keyFiles")));
                settle();
                report.done(id);
                break;
            case "publishPrivateHex":
                amop.publishPrivateTopicWithHexPublicKeyList(
                        topic, textsIn(command.get("keys")));
                settle();
                report.done(id);
                break;
            case "unsubscribe":
                amop.unsubscribeTopic(topic);
                settle();
                report.done(id);
                break;
            case "request":
                amop.sendAmopMsg(message(command), responseTo(id));
                break;
            case "broadcast":
                amop.broadcastAmopMsg(message(command));
                report.done(id);
                break;
            case "settle":
                settle();
                report.done(id);
                break;
            case "peers":
                report.peers(id, sdk.getChannel().getAvailablePeer());
                break;
            case "stop":
                sdk.stopAll();
                report.done(id);
                break;
            default:
                throw new IllegalArgumentException(line);
        }
    }

    /** Waits until every node has handled what was sent to it: a node answers in order. */
    private void settle() {
        Channel channel = sdk.getChannel();
        for (String peer : channel.getAvailablePeer()) {
            Message query = new Message();
            query.setSeq(Amop.newSeq());
            query.setResult(0);
            query.setType((short) MsgType.CHANNEL_RPC_REQUEST.getType());
            query.setData(VERSION_QUERY);
            channel.sendToPeer(query, peer);
        }
    }

    private static AmopMsgOut message(JsonNode command) {
        AmopMsgOut message = new AmopMsgOut();
        message.setTopic(command.get("topic").asText());
        byte[] content = Base64.getDecoder().decode(command.get("content").asText());
        JsonNode file = command.get("file");
        message.setContent(
                file == null ? content : new FileContent(file.asText(), content).toContent());
        if (command.path("isPrivate").asBoolean()) message.setType(TopicType.PRIVATE_TOPIC);
        if (command.has("timeoutMs")) message.setTimeout(command.get("timeoutMs").asLong());
        return message;
    }

    private static List<KeyTool> keysIn(JsonNode files) {
        List<KeyTool> keys = new ArrayList<>();
        for (String file : textsIn(files)) keys.add(new PEMKeyStore(file));
        return keys;
    }

    private static List<String> textsIn(JsonNode array) {
        List<String> texts = new ArrayList<>();
        for (JsonNode text : array) texts.add(text.asText());
        return texts;
    }

    private AmopResponseCallback responseTo(int id) {
        return new AmopResponseCallback() {
            @Override
            public void onResponse(AmopResponse response) {
                report.answer(id, response);
            }
        };
    }

    /** @param answer "reverse": the content, last byte first; "throw": a callback that fails */
    private AmopCallback callback(String answer) {
        return new AmopCallback() {
            @Override
            public byte[] receiveAmopMsg(AmopMsgIn message) {
                report.message(message);
                if (answer.equals("throw")) throw new IllegalStateException("told to throw");
                return reversed(message.getContent());
            }
        };
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] result = new byte[bytes.length];
        for (int index = 0; index < bytes.length; index++) {
            result[index] = bytes[bytes.length - 1 - index];
        }
        return result;
    }
}
