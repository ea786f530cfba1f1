package org.amop.interop;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A file as the content of one message, by the convention of the SDK's demo: the number -128, the
 * length of the name, the name, the bytes of the file.
 */
final class FileContent {
    private static final int MARK = -128;
    private static final int HEAD_BYTES = 2 * Integer.BYTES;

    final String name;
    final byte[] bytes;

    FileContent(String name, byte[] bytes) {
        this.name = name;
        this.bytes = bytes;
    }

    /** @return null when the content carries no file */
    static FileContent read(byte[] content) {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        if (content.length < HEAD_BYTES || buffer.getInt() != MARK) return null;
        int end = HEAD_BYTES + buffer.getInt();
        String name = new String(content, HEAD_BYTES, end - HEAD_BYTES, StandardCharsets.UTF_8);
        return new FileContent(name, Arrays.copyOfRange(content, end, content.length));
    }

    byte[] toContent() {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(HEAD_BYTES + nameBytes.length + bytes.length)
                .putInt(MARK)
                .putInt(nameBytes.length)
                .put(nameBytes)
                .put(bytes)
                .array();
    }
}
