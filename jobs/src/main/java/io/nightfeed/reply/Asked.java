package io.nightfeed.reply;

import java.io.Serializable;
import java.util.List;

/**
 * A comment that nobody answered.
 *
 * @param context hashes of the texts of its thread, oldest first, its own last
 * @param toxicity null where the heads abstain
 * @param encoder that made its features
 * @param own the comment alone
 * @param inThread with what led to it
 * @param asQuestion the comment alone, as it is compared with questions of templates; null where
 *     there are none
 */
record Asked(
    String eventId,
    String postId,
    String userId,
    String text,
    String textHash,
    List<String> context,
    String language,
    Float toxicity,
    String encoder,
    String modelDigest,
    Features own,
    Features inThread,
    Features asQuestion)
    implements Serializable {}
